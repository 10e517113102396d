/** Composition, overrides, freezing and starting weights; sweeps and searches. */
import { describe, expect, test } from 'vitest';
import { check, checkNetwork, checkTrain, resolvedSpec } from '../../src/check/index.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, model, provenance, spec, spoken, trainOf, weight } from './support.ts';

const body = `
  stem: { conv(4, kernel: 3)  norm  act  conv(4, kernel: 1)  end: norm }
  conv(8, kernel: 3)  norm  act
  flatten  dense(16)  act(gelu)  drop
  classifier: dense(5)
`;
const text = `
network Net(width = 16) with Plain {
  input image: float32[12, 12, 3]
  stem: { conv(4, kernel: 3)  norm  act  conv(4, kernel: 1)  end: norm }
  conv(8, kernel: 3)  norm  act
  flatten  dense(width)  act(gelu)  drop
  classifier: dense(5)
}
policy Plain { act: relu }
policy Modern extends Plain { norm: batch  norm.gamma { init: zeros }  conv, dense { decay: 0.1 }  gradient { clip: global_norm(5) } }
policy Strong(rate = 0.5) { drop: dropout(drop: rate)  conv { decay: 0.2 }  gradient { clip: global_norm(1) } }
data D { source: idx("d")  fields { image: float32[12, 12, 3]  label: class(5) } }
train t { network: Net  policy: [Modern, Strong(rate: 0.3)]  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2 }
`;

function tried(set: readonly string[], policy?: string) {
  const { tree } = parse(text, 'spec.nrm');
  return checkTrain(tree, 't', { set, ...(policy === undefined ? {} : { policy }) });
}
function trained(set: readonly string[], policy?: string) {
  const { train, diagnostics } = tried(set, policy);
  if (train === null) throw new Error(diagnostics.map((d) => `${d.code} ${d.message}`).join('\n'));
  return train;
}
const said = (set: readonly string[]) => tried(set).diagnostics.map((d) => `${d.code} ${d.message}`);

describe('composition', () => {
  test('later over earlier, of equal specificity', () => {
    const { model: built } = trainOf(text, 't');
    expect(built.policy).toBe('Modern + Strong(rate: 0.3)');
    expect(provenance(built, 'conv1', 'decay', 'kernel')).toBe(
      '0.2 by policy Strong: conv over 0.1 by policy Modern: conv',
    );
    expect(provenance(built, 'classifier', 'decay', 'kernel')).toBe('0.1 by policy Modern: dense');
    expect(built.layers.map((l) => l.def.name).filter((n) => n === 'dropout')).toEqual(['dropout']);
    expect(built.sections.gradient.clip?.args).toEqual({ norm: 1 });
  });

  test('specificity goes before order', () => {
    const of = (policies: string) =>
      model(
        `${spec(body, 'act: relu')} policy A { classifier { decay: 0.1 } } policy B { dense { decay: 0.2 } }`,
        'Net',
        policies,
      );
    expect(weight(of('A, B'), 'classifier.kernel').decay?.amount).toBe(0.1);
    expect(weight(of('[B, A]'), 'classifier.kernel').decay?.amount).toBe(0.1);
  });

  test('what a later policy takes the ground from is cut off, and no error', () => {
    const none = `${text} policy None { norm: none }`;
    const { tree } = parse(none, 'spec.nrm');
    const { train, diagnostics } = checkTrain(tree, 't', { policy: 'Modern, None' });
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect(train?.origin.cutOff.map((c) => c.selector.text)).toEqual(['norm.gamma']);
    // The other way round it is in force.
    const other = checkTrain(tree, 't', { policy: 'None, Modern' });
    expect(other.train?.origin.cutOff).toEqual([]);
  });

  test('`extends` may take the ground from its base', () => {
    expect(
      codes(
        `${spec(body, 'norm: batch  act: relu  norm.gamma { init: zeros }')} policy Q extends P { norm: none } network Other with Q { input image: float32[12, 12, 3] ${body} }`,
      ),
    ).toEqual([]);
  });

  test.each([
    ['[Modern, Modern]', 'NRM3005'],
    ['[]', 'NRM3204'],
    ['[Modern, 3]', 'NRM3204'],
    ['[Modern, Stron]', 'NRM2002'],
    ['[Modern, Strong(rat: 1)]', 'NRM2202'],
  ])('policy: %s', (value, code) => {
    expect(codes(text.replace('[Modern, Strong(rate: 0.3)]', value))).toContain(code);
  });

  test('the resolved spec is one policy that says the same', () => {
    const train = trainOf(text, 't');
    const resolved = resolvedSpec(train);
    expect(resolved.match(/^policy \w+/gm)).toEqual(['policy Modern_Strong']);
    const again = trainOf(resolved, 't');
    expect(resolvedSpec(again)).toBe(resolved);
    const meaning = (t: typeof train) =>
      t.model.layers.map((l) => [l.path, l.def.name, l.args, l.weights.map((w) => [w.name, w.init, w.decay])]);
    expect(meaning(again)).toEqual(meaning(train));
  });
});

describe('overrides', () => {
  test('beat every rule, and a pin beats them', () => {
    const { model: built } = trained(['policy.act=tanh', 'policy.conv.decay=0.3', 'policy.classifier.decay=0.4']);
    expect(built.layers.flatMap((l) => (l.def.use === 'act' ? [l.def.name] : []))).toEqual(['tanh', 'tanh', 'gelu']);
    expect(provenance(built, 'conv1', 'decay', 'kernel')).toBe(
      '0.3 by --set: conv over 0.2 by policy Strong: conv over 0.1 by policy Modern: conv',
    );
    expect(provenance(built, 'act1', 'act', null)).toBe('tanh by --set over relu by policy Plain');
    expect(weight(built, 'classifier.kernel').decay?.amount).toBe(0.4);
  });

  test('of the train, its arguments, the network and policies', () => {
    const train = trained([
      'train.batch=32',
      'epochs=7',
      'optimizer.rate=0.01',
      'optimizer.momentum=0.9',
      'Net.width=8',
      'Strong.rate=0.7',
      'policy.gradient.clip=global_norm(9)',
    ]);
    expect([train.batch, train.epochs, train.optimizer.args]).toEqual([
      32,
      7,
      { rate: 0.01, momentum: 0.9, nesterov: false },
    ]);
    expect(weight(train.model, 'dense1.kernel').shape[1]).toBe(8);
    expect(train.model.layers.find((l) => l.def.name === 'dropout')?.args.drop).toBe(0.7);
    expect(train.model.sections.gradient.clip?.args).toEqual({ norm: 9 });
    expect(trained(['network.width=6']).model.layers.find((l) => l.path === 'dense1')?.output.shape).toEqual(['N', 6]);
    expect(trained(['optimizer=adam'], 'Modern').optimizer.def.name).toBe('adam');
  });

  test('a network by itself', () => {
    const { tree } = parse(text, 'spec.nrm');
    const of = (set: readonly string[]) => checkNetwork(tree, 'Net', { set });
    expect(of(['policy.norm=batch']).model?.layers.filter((l) => l.def.name === 'batch')).toHaveLength(3);
    expect(of(['batch=3']).diagnostics.map((d) => d.code)).toEqual(['NRM3014']);
  });

  test('a whole file: an override that nothing in it takes is told', () => {
    const { tree } = parse(text, 'spec.nrm');
    const of = (set: readonly string[]) =>
      check(tree, { set }).diagnostics.flatMap((d) => (d.severity === 'error' ? [d.code] : []));
    expect(of(['batch=32'])).toEqual([]);
    expect(of(['Nett.width=3'])).toEqual(['NRM3014']);
    // Its own policy leaves the norms empty, the one it is trained under does not.
    expect(of(['policy.norm.gamma.init=ones'])).toEqual([]);
  });

  test.each([
    ['policy.norm=batsh', 'NRM2008 nothing called `batsh` fills `norm`'],
    ['policy.con.decay=0.1', 'NRM3003 `con` finds nothing in network `Net`'],
    [
      'policy.conv[frist].decay=0.1',
      'NRM1006 expected `first`, `last`, a number, `not …` or `key: value`, found `frist`',
    ],
    ['policy.decay=0.1', 'NRM3014 `policy.decay` cannot be set: `decay` is no slot'],
    ['policy.conv.decy=0.1', 'NRM3001 a rule has no setting `decy`'],
    [
      'policy.act[last].act=tanh',
      'NRM3013 setting `act` changes nothing: every place it reaches in network `Net` is pinned',
    ],
    ['norm=none', 'NRM3014 `norm` cannot be set: a train has no such setting'],
    ['Nett.width=8', 'NRM3014 `Nett.width` cannot be set: no network, policy or train in force is called `Nett`'],
    ['Net.widht=8', 'NRM3014 `Net.widht` cannot be set: `Net` has no parameter `widht`'],
    ['train=3', 'NRM3014 `train` cannot be set: it is a declaration'],
    ['batch', 'NRM3014 `batch` cannot be set: a path, `=` and a value are expected'],
    ['=3', 'NRM3014 `` cannot be set: a name is missing in it'],
    ['batch=32 epochs: 5', 'NRM1006 expected one value, found something else'],
    ['schedule.final=1', 'NRM3014 `schedule.final` cannot be set: the train has no `schedule`'],
    ['optimizer.rate.x=1', 'NRM3014 `optimizer.rate.x` cannot be set: it has too many parts'],
    ['data.validation=20', 'NRM3014 `data.validation` cannot be set: what a data declaration says is set there only'],
    ['D.validation=20', 'NRM3014 `D.validation` cannot be set: `D` is data, and what it says is set there only'],
    ['Plain.rate=20', 'NRM3014 `Plain.rate` cannot be set: policy `Plain` is not in force by its name here'],
    ['Modern.rate=20', 'NRM3014 `Modern.rate` cannot be set: `Modern` has no parameters'],
    ['t.bath=3', 'NRM3201 train `t` has no setting `bath`'],
    ['seed.x=3', 'NRM3014 `seed.x` cannot be set: `seed` has no arguments'],
    ['policy.conv[first.decay=1e-4', 'NRM3014 `policy.conv[first.decay=1e-4` cannot be set: a bracket is not closed'],
    ['batch=32 epochs=3', 'NRM3014 `batch=32 epochs=3` cannot be set: each `--set` sets one thing'],
    ['batch=none', 'NRM3204 `batch` takes a whole number from 1, found the word `none`'],
  ])('%s', (set, expected) => {
    expect(said([set])).toContain(expected);
  });

  test('the same path twice is told once', () => {
    expect(said(['batch=2', 'batch=4'])).toEqual(['NRM3008 `batch` is set twice in `--set`']);
    expect(said(['policy.norm=none', 'policy.norm=batch'])).toEqual(['NRM3008 `policy.norm` is set twice in `--set`']);
  });

  test('a train by its name', () => {
    const train = trained(['t.batch=32', 't.optimizer.rate=0.01']);
    expect([train.batch, train.optimizer.args.rate]).toEqual([32, 0.01]);
    const { tree } = parse(
      `${text} train u { network: Net  data: D  loss: cross_entropy  optimizer: adam  batch: 16  epochs: 2 }`,
      'spec.nrm',
    );
    const { trains, diagnostics } = check(tree, { set: ['u.batch=8'] });
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect([trains.get('t')?.batch, trains.get('u')?.batch]).toEqual([16, 8]);
    expect(checkTrain(tree, 't', { set: ['u.batch=8'] }).diagnostics.map((d) => d.message)).toContain(
      '`u.batch` cannot be set: `u` is not the train that this is about',
    );
  });

  test('what can be set is told as it is', () => {
    const helps = (set: string) => tried([set]).diagnostics.map((d) => d.help);
    expect(helps('Other.rate=3')).toEqual([
      'parameters in force are `Strong.rate` and `Net.width`; a setting of the train is `train.batch`, one of the policy `policy.norm`',
    ]);
    expect(helps('batch=32 epochs=3')).toEqual(['write `--set batch=32 --set epochs=3`']);
    expect(helps('Strong.rat=3')).toEqual(['did you mean `Strong.rate`?']);
  });

  test('a file with nothing to set', () => {
    const { tree } = parse('block B(n) { conv(n, kernel: 3) }', 'blocks.nrm');
    expect(check(tree, { set: ['batch=3'] }).diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([
      'NRM3014 `batch` cannot be set: the file has no network and no train',
    ]);
  });

  test('places are in the text of the options', () => {
    const { diagnostics } = tried(['batch=16', 'policy.norm=batsh']);
    expect(diagnostics[0]?.labels[0]?.span).toEqual({ file: '--set', start: 21, end: 26 });
  });

  test('resolve to a spec without them', () => {
    const train = trained(['policy.norm=none', 'policy.conv.decay=0.3', 'batch=32']);
    const resolved = resolvedSpec(train);
    expect(resolved).not.toMatch(/--set|norm: batch/);
    const again = trainOf(resolved, 't');
    expect(again.model.layers.map((l) => l.path)).toEqual(train.model.layers.map((l) => l.path));
    expect(again.batch).toBe(32);
    expect(resolvedSpec(again)).toBe(resolved);
  });
});

test('what an override freezes leaves a resolved spec that can be checked', () => {
  for (const set of [
    ['policy.stem.trainable=false'],
    ['policy.stem.trainable=false', 'policy.conv.decay=0.3'],
    ['policy.conv.trainable=false', 'policy.conv1.trainable=true', 'policy.norm=none'],
    ['policy.dense.bias.init=ones', 'policy.stem.act=none', 'policy.stem.start="w.safetensors"'],
  ]) {
    const train = trained(set);
    const resolved = resolvedSpec(train);
    const again = trainOf(resolved, 't');
    const weights = (t: typeof train) =>
      t.model.layers.flatMap((l) => l.weights.map((w) => [w.name, w.trainable, w.decay, w.init, w.start]));
    expect(weights(again)).toEqual(weights(train));
    expect(resolvedSpec(again)).toBe(resolved);
  }
});

describe('trainable', () => {
  const under = (policy: string) => model(spec(body, `norm: batch  act: relu  drop?: none  ${policy}`), 'Net');
  const frozen = (policy: string) =>
    under(policy).layers.flatMap((l) => l.weights.flatMap((w) => (w.frozen ? [w.name] : [])));

  test('freezes all weights of what it selects, statistics too', () => {
    expect(frozen('stem { trainable: false }')).toEqual([
      'stem.conv1.kernel',
      'stem.norm1.gamma',
      'stem.norm1.beta',
      'stem.norm1.mean',
      'stem.norm1.variance',
      'stem.conv2.kernel',
      'stem.end.gamma',
      'stem.end.beta',
      'stem.end.mean',
      'stem.end.variance',
    ]);
    expect(frozen('dense.bias { trainable: false }')).toEqual(['dense1.bias', 'classifier.bias']);
  });

  test('a narrower rule frees again', () => {
    expect(frozen('conv { trainable: false }  conv[last] { trainable: true }')).toEqual([
      'stem.conv1.kernel',
      'stem.conv2.kernel',
    ]);
  });

  test('a frozen weight has neither decay nor penalties, also from a broader rule', () => {
    const kernel = weight(
      under('conv { decay: 0.1  penalty: l1(0.1) }  stem { trainable: false }'),
      'stem.conv1.kernel',
    );
    expect([kernel.trainable, kernel.decay, kernel.penalties]).toEqual([false, null, []]);
  });

  test.each([
    ['stem { trainable: false  decay: 0.1 }', ['NRM3012']],
    ['stem { trainable: false }  stem.conv1 { penalty: l2(0.1) }', ['NRM3012']],
    ['stem { trainable: false }  conv { decay: 0.1 }', []],
    ['stem { trainable: true }', ['NRM3005']],
    ['norm.mean { trainable: false }', ['NRM3010']],
    ['stem { trainable: no }', ['NRM3009']],
    ['maxpool? { trainable: false }', []],
    ['act { trainable: false }', ['NRM3006']],
  ])('%s', (policy, expected) => {
    expect(codes(spec(body.replace('drop', ''), `norm: batch  act: relu  ${policy}`))).toEqual(expected);
  });

  test('nothing left to train', () => {
    const all = text.replace('policy Strong', 'policy Frozen { conv, dense, norm { trainable: false } } policy Strong');
    expect(codes(all.replace('[Modern, Strong(rate: 0.3)]', '[Plain, Frozen]').replace('norm {', 'norm? {'))).toContain(
      'NRM3305',
    );
  });
});

describe('start', () => {
  const started = (policy: string, setting = '') =>
    trainOf(
      text.replace('policy Plain {', `policy Plain { ${policy} `).replace('epochs: 2', `epochs: 2  ${setting}`),
      't',
    );
  const files = (t: ReturnType<typeof started>) =>
    t.model.layers.flatMap((l) => l.weights.flatMap((w) => (w.start === null ? [] : [`${w.name} ${w.start}`])));

  test('of a rule: every weight of what it selects', () => {
    expect(files(started('stem.conv1, dense { start: "a.safetensors" }  classifier { start: none }'))).toEqual([
      'stem.conv1.kernel a.safetensors',
      'dense1.kernel a.safetensors',
      'dense1.bias a.safetensors',
    ]);
  });

  test('of a train, also in its resolved spec', () => {
    const train = started('', 'start: "w.safetensors"');
    expect(train.start).toBe('w.safetensors');
    expect(trainOf(resolvedSpec(train), 't').start).toBe('w.safetensors');
  });

  test.each([
    [
      'stem { start: weights }',
      'NRM3009 `start` takes the path of a file of weights, or `none`, found the word `weights` | weights',
    ],
    [
      'stem { start: none }',
      'NRM3005 `start: none` does nothing: no other rule sets a file to start from there | start: none',
    ],
  ])('%s', (policy, expected) => {
    expect(spoken(spec(body, `norm: batch  act: relu  drop: none  ${policy}`))).toContain(expected);
  });
});

describe('a wrong value that was passed', () => {
  const places = (given: readonly Diagnostic[]) =>
    given.flatMap((d) => d.labels.map((l) => [l.span.file, l.text] as const));
  const used = ['spec.nrm', 'not accepted'];

  test.each([
    ['in a train', text.replace('rate: 0.3', 'rate: 20'), {}, 'spec.nrm'],
    ['as a default', text.replace('rate = 0.5', 'rate = 20').replace('(rate: 0.3)', ''), {}, 'spec.nrm'],
    ['by `--policy`', text, { policy: 'Strong(rate: 20)' }, '--policy'],
    ['by `--set`', text, { set: ['Strong.rate=20'] }, '--set'],
  ] as const)('%s', (_, of, overrides, file) => {
    const { diagnostics } = checkTrain(parse(of, 'spec.nrm').tree, 't', overrides);
    expect(places(diagnostics)).toEqual([used, [file, 'the value is given here']]);
    expect(diagnostics[0]?.help).toBe('write `20%`, or `0.2`');
  });

  test('is no size that only the data know', () => {
    const { diagnostics } = tried(['network.width=ten']);
    expect(places(diagnostics)).toEqual([used, ['--set', 'the value is given here']]);
    expect(diagnostics.map((d) => d.help)).toEqual([null]);
  });

  test('also of what is computed from it, and through several hands', () => {
    const through = (body: string, given: string) => {
      const source = `block Deep(n) { Inner(n) } block Inner(m) { ${body} } network Net { input x: float32[8]  Deep(${given})  dense(2) }`;
      const of = checkNetwork(parse(source, 'spec.nrm').tree, 'Net').diagnostics;
      return of.flatMap((d) =>
        d.labels.filter((l) => l.text.includes('given')).map((l) => source.slice(l.span.start, l.span.end)),
      );
    };
    expect(through('dense(m)', '2.5')).toEqual(['2.5']);
    expect(through('dense(m / 2)', '7')).toEqual(['7']);
    expect(through('dense(m * 2)', 'true')).toEqual(['true']);
    expect(through('dense(3, bias: 4)', '7')).toEqual([]);
  });

  test('a bare rate is asked for by the name that stands there, once', () => {
    const bare = text.replace('dropout(drop: rate)', 'dropout(rate)');
    const { diagnostics } = check(parse(bare, 'spec.nrm').tree);
    expect(diagnostics.map((d) => d.code)).toEqual(['NRM2206']);
    expect(diagnostics[0]?.help).toContain('`drop: rate` drops rate of the values');
    expect(diagnostics[0]?.help).toContain('drops 1 − rate');
  });
});

describe('sweeps and searches', () => {
  const found = (study: string): readonly string[] => spoken(`${text} ${study}`).filter((s) => !s.startsWith('NRM6'));
  const sweep = (over: string, rest = '') => found(`sweep s { train: t  over { ${over} } ${rest} }`);

  test.each([
    'policy.norm: [none, batch]  batch: [2, 4, 8]',
    'optimizer.rate: [1e-3, 1e-2]  Net.width: [4, 8]  Strong.rate: [0.1, 0.2]',
    'policy.conv.decay: [0.1, none]  policy.stem.conv1.init: [zeros, ones]',
    'train.epochs: [1, 2]  policy: [Plain, Modern, [Modern, Plain]]',
  ])('%s', (over) => {
    expect(sweep(over, 'repeats: 3')).toEqual([]);
  });

  test.each([
    ['policy.norm: [none, batsh]', 'NRM2008 nothing called `batsh` fills `norm` | batsh'],
    ['batch: [2, many]', 'NRM3204 `batch` takes a whole number from 1, found the word `many` | many'],
    ['batch: 2', 'NRM3401 axis `batch` takes a list of values, found 2 | 2'],
    ['batch: []', 'NRM3401 axis `batch` takes a list of values, found an empty list | []'],
    ['batch: range(2, 8)', 'NRM3401 axis `batch` takes a list of values, found a range | range(2, 8)'],
    ['batch: [2, 2]', 'NRM3005 `2` a second time does nothing: the sweep tries it already | 2'],
    ['batch: [2, 4]  batch: [8]', 'NRM3008 `batch` is set twice in sweep `s` | batch | batch'],
    [
      'Ned.width: [2, 4]',
      'NRM3014 `Ned.width` cannot be set: no network, policy or train in force is called `Ned` | Ned.width',
    ],
    ['policy.gruop.decay: [0.1, 0.2]', 'NRM3003 `gruop` finds nothing in network `Net` | gruop | Net'],
  ])('%s', (over, expected) => {
    expect(sweep(over)).toContain(expected);
  });

  test('a value that goes wrong elsewhere is told of the value', () => {
    const [first] = sweep('Net.width: [8, 0]');
    expect(first).toMatch(/^NRM3402 train `t` cannot have `Net.width: 0`: .* \| 0 \|/);
  });

  test.each([
    ['sweep s { train: t }', 'NRM3403'],
    ['sweep s { over { batch: [2] } }', 'NRM3202'],
    ['sweep s { train: tt  over { batch: [2] } }', 'NRM2002'],
    ['sweep s { train: t  over { batch: [2, 4] }  repeats: 0 }', 'NRM3204'],
    ['sweep s { train: t  over { batch: [2, 4] }  repeat: 2 }', 'NRM3201'],
    ['search s { train: t  over { batch: range(8, 2) }  method: random(trials: 3)  objective: accuracy }', 'NRM3401'],
    ['search s { train: t  method: random(trials: 3)  objective: accuracy }', 'NRM3403'],
    ['search s { train: t  over { batch: [2, 4] }  method: grid  objective: accuracy }', 'NRM3204'],
    ['search s { train: t  over { batch: [2, 4] }  method: random  objective: accuracy }', 'NRM2201'],
    ['search s { train: t  over { batch: [2, 4] }  method: random(trials: 3)  objective: [accurcy] }', 'NRM3404'],
  ])('%s', (study, code) => {
    expect(found(study).map((s) => s.slice(0, 7))).toEqual([code]);
  });

  test('a search over ranges', () => {
    expect(
      found(
        'search s { train: t  over { Net.width: range(8, 64)  batch: [16, 32] }  method: random(trials: 30)  objective: [accuracy, parameters] }',
      ),
    ).toEqual([]);
  });
});
