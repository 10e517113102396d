/** Dropout of channels, methods of kernels, noise: what rules on them mean, what is in force, and what is refused. */
import { describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { compileNetwork } from '../../src/compile.ts';
import { printGraph } from '../../src/ir/text.ts';
import { lowerModel } from '../../src/lower/index.ts';
import { parse } from '../../src/parser/index.ts';
import { codes, diagnose, model, provenance, spec, spoken, trainOf, weight } from './support.ts';

const body = 'stem: { conv(4, kernel: 3) norm act drop }  flatten  hidden: dense(6) act drop  classifier: dense(3)';
const under = (policy: string) => model(spec(body, policy), 'Net');

/** The methods of a kernel, by name and arguments that differ from the default, and its noise. */
const passed = (policy: string, name: string): readonly string[] => {
  const { methods, noise } = weight(under(policy), name);
  return [...methods, ...(noise === null ? [] : [noise])].map(
    ({ def, args }) =>
      `${def.name} ${Object.values(args)
        .filter((v) => v !== null)
        .join(' ')}`,
  );
};

describe('methods of kernels', () => {
  test.each([
    ['dense.kernel { drop: dropconnect(drop: 0.5) }', ['dropconnect 0.5 batch 0'], []],
    ['dense { drop: dropconnect(keep: 0.5, mask: sample) }', ['dropconnect 0.5 sample 0'], []],
    ['conv { drop: dropconnect(drop: 0.25, inference: gaussian(samples: 9)) }', [], ['dropconnect 0.25 batch 9']],
    [
      'kernel { drop: dropconnect(drop: 0.25, inference: mean) }',
      ['dropconnect 0.25 batch 0'],
      ['dropconnect 0.25 batch 0'],
    ],
    ['stem { drop: dropconnect(drop: 0.25) }', [], ['dropconnect 0.25 batch 0']],
    ['kernel { noise: gaussian(0.1) }', ['gaussian 0.1'], ['gaussian 0.1']],
    [
      'dense.kernel { noise: gaussian(0.1)  drop: dropconnect(drop: 0.5) }',
      ['dropconnect 0.5 batch 0', 'gaussian 0.1'],
      [],
    ],
  ])('%s', (rule, hidden, conv) => {
    expect(passed(rule, 'hidden.kernel')).toEqual(hidden);
    expect(passed(rule, 'stem.conv1.kernel')).toEqual(conv);
    expect(weight(under(rule), 'hidden.bias')).toMatchObject({ methods: [], noise: null });
  });

  test('`none` takes one away, of a kernel, a layer or a stage', () => {
    for (const selector of ['hidden.kernel', 'hidden']) {
      const policy = `dense { drop: dropconnect(drop: 0.5) }  ${selector} { drop: none }`;
      expect(passed(policy, 'hidden.kernel'), selector).toEqual([]);
      expect(passed(policy, 'classifier.kernel'), selector).toEqual(['dropconnect 0.5 batch 0']);
    }
    const policy = 'drop: dropout(drop: 0.5)  conv { drop: dropconnect(drop: 0.5) }  stem { drop: none }';
    expect(passed(policy, 'stem.conv1.kernel')).toEqual([]);
    expect(under(policy).layers.map((l) => l.path)).toEqual([
      'stem.conv1',
      'flatten1',
      'hidden',
      'drop1',
      'classifier',
    ]);
  });

  test('a filling of slots leaves kernels alone, and the other way round', () => {
    const policy = 'drop: dropout(drop: 0.2)  hidden { drop: dropconnect(drop: 0.5) }';
    expect(passed(policy, 'hidden.kernel')).toEqual(['dropconnect 0.5 batch 0']);
    expect(
      under(policy)
        .layers.filter((l) => l.def.name === 'dropout')
        .map((l) => l.path),
    ).toEqual(['stem.drop1', 'drop1']);
  });

  test('the cascade: the weight beats the label beats the op', () => {
    const policy =
      'dense { drop: dropconnect(drop: 0.1) }  hidden { drop: dropconnect(drop: 0.2) }  hidden.kernel { drop: dropconnect(drop: 0.3) }';
    expect(provenance(under(policy), 'hidden', 'drop', 'kernel')).toBe(
      'dropconnect(drop: 0.3) by policy P: hidden.kernel over dropconnect(drop: 0.2) by policy P: hidden over dropconnect(drop: 0.1) by policy P: dense',
    );
  });
});

describe('noise', () => {
  test('of a layer is on its output, of a slot on what fills it', () => {
    const of = under(
      'act: relu  conv { noise: gaussian(0.1) }  hidden { noise: gaussian(0.2) }  stem act { noise: gaussian(0.3) }',
    );
    expect(of.layers.flatMap((l) => (l.noise === null ? [] : [[l.path, l.noise.args.deviation]]))).toEqual([
      ['stem.conv1', 0.1],
      ['stem.act1', 0.3],
      ['hidden', 0.2],
    ]);
    expect(of.layers.flatMap((l) => l.weights.flatMap((w) => w.noise ?? []))).toEqual([]);
  });

  test('of weights by name, also biases and gammas', () => {
    const of = under('norm: batch  bias { noise: gaussian(0.1) }  norm.gamma { noise: gaussian(0.2) }');
    const noisy = of.layers.flatMap((l) => l.weights).filter((w) => w.noise !== null);
    expect(noisy.map((w) => w.name)).toEqual(['stem.norm1.gamma', 'hidden.bias', 'classifier.bias']);
  });

  test('of inputs, behind which everything stands', () => {
    const text = printGraph(lowerModel(under('input { noise: gaussian(0.05) }')));
    expect(text).toContain('%image.noise = noise %image {deviation=0.05 stream="image.noise"}');
    expect(text).toContain('%stem.conv1 = conv2d %image.noise @stem.conv1.kernel');
  });
});

describe('a second application', () => {
  const again = 'a: dense(5)  b: { dense(5) act }  again b';
  const graph = (policy: string): string => printGraph(lowerModel(model(spec(`flatten  ${again}`, policy), 'Net')));

  test('has masks and noise of its own', () => {
    const text = graph(
      'act: relu  b dense { drop: dropconnect(drop: 0.5)  noise: gaussian(0.1) }  b kernel { noise: gaussian(0.2) }',
    );
    const streams = [...text.matchAll(/= (\w+) .*stream="([\w.]+)"/g)].map((m) => `${m[1]} ${m[2]}`);
    expect(streams).toEqual([
      'dropConnect b.dense1.kernel',
      'noise b.dense1.kernel.noise',
      'noise b.dense1.noise',
      'dropConnect again1.dense1.kernel',
      'noise again1.dense1.kernel.noise',
      'noise again1.dense1.noise',
    ]);
    expect(text.match(/param @b.*kernel/g)).toHaveLength(1);
  });
});

test('what draws nothing is done once for all uses of a layer; norm, drop, noise in this order', () => {
  const body_ = 'flatten  a: dense(5)  b: { dense(5) act }  again b';
  const policy =
    'act: relu  b kernel { noise: gaussian(0.1)  drop: dropconnect(drop: 0.5)  norm: weight_standardization }';
  const text = printGraph(lowerModel(model(spec(body_, policy), 'Net')));
  const reads = [...text.matchAll(/%([\w.]+) = (noise|dropConnect) (\S+) /g)].map((m) => `${m[1]}: ${m[2]} ${m[3]}`);
  expect(reads).toEqual([
    'b.dense1.kernel.drop: dropConnect %b.dense1.kernel.norm',
    'b.dense1.kernel.noise: noise %b.dense1.kernel.drop',
    'again1.dense1.kernel.drop: dropConnect %b.dense1.kernel.norm',
    'again1.dense1.kernel.noise: noise %again1.dense1.kernel.drop',
  ]);
  expect(text.match(/^ *%\w+\.dense1\.kernel\.norm /gm)).toHaveLength(1);
});

describe('the resolved spec', () => {
  const program = (policy: string): string => `
network Net with P { input image: float32[6, 6, 2]  ${body} }
policy P { ${policy} }
data D { source: idx("d")  fields { image: float32[6, 6, 2]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: adam(rate: 1e-3)  batch: 4  epochs: 1 }
`;

  test.each([
    'dense.kernel { drop: dropconnect(keep: 0.5, inference: gaussian(samples: 20))  noise: gaussian(0.01) }',
    'norm: batch  act: relu  drop: dropout(drop: 0.2)  stem drop { drop: dropout(keep: 0.6, shape: channel) }',
    'conv { drop: dropconnect(drop: 0.5)  noise: gaussian(0.1) }  input { noise: gaussian(0.2) }',
    'act: relu  dense { drop: dropconnect(drop: 0.5, mask: sample) }  hidden { drop: none }  act { noise: gaussian(1) }',
  ])('says the same again: %s', (policy) => {
    const resolved = resolvedSpec(trainOf(program(policy), 't'));
    const again = trainOf(resolved, 't');
    expect(resolvedSpec(again)).toBe(resolved);
    expect(printGraph(lowerModel(again.model))).toBe(printGraph(lowerModel(trainOf(program(policy), 't').model)));
    expect(parse(resolved, 'r').diagnostics).toEqual([]);
  });

  test.each([
    ['policy.conv.drop=dropconnect(drop: 0.3)'],
    ['policy.hidden.drop=none'],
    ['policy.drop=none'],
    ['policy.stem.drop=none', 'policy.kernel.noise=gaussian(0.1)'],
    ['policy.classifier.kernel.drop=none', 'policy.input.noise=gaussian(0.1)'],
    ['policy.conv.noise=gaussian(0.1)', 'policy.hidden.noise=gaussian(0.2)'],
    ['policy.conv.noise=none', 'policy.dense.drop=dropconnect(keep: 0.5, mask: sample)'],
  ])('and with %s %s', (...set) => {
    const policy =
      'norm: batch  act: relu  drop: dropout(drop: 0.2)  dense { drop: dropconnect(drop: 0.5) }  stem conv, act { noise: gaussian(0.3) }';
    const { train } = checkTrain(parse(program(policy), 'p').tree, 't', { set: set.filter((s) => s !== undefined) });
    if (train === null) throw new Error('refused');
    const resolved = resolvedSpec(train);
    const again = trainOf(resolved, 't');
    expect(printGraph(lowerModel(again.model))).toBe(printGraph(lowerModel(train.model)));
    expect(resolvedSpec(again)).toBe(resolved);
  });

  test('writes arguments that are calls as calls', () => {
    const resolved = resolvedSpec(
      trainOf(program('dense { drop: dropconnect(drop: 0.5, inference: gaussian(samples: 20)) }'), 't'),
    );
    expect(resolved).toContain('drop: dropconnect(drop: 0.5, mask: batch, inference: gaussian(samples: 20))');
  });
});

describe('what is refused', () => {
  test.each([
    ['dense { drop: dropconnect(0.5) }', 'NRM2206'],
    ['dense { drop: dropconnect(drop: 0.5, keep: 0.5) }', 'NRM2207'],
    ['dense { drop: dropconnect }', 'NRM2207'],
    ['dense { drop: dropconnect(drop: 0) }', 'NRM3005'],
    ['dense { drop: dropconnect(keep: 1) }', 'NRM3005'],
    ['dense { drop: dropconnect(drop: 1) }', 'NRM2205'],
    ['dense { drop: dropconnect(keep: 0) }', 'NRM2205'],
    ['drop: dropout(keep: 0)', 'NRM2205'],
    ['drop: dropout(drop: 1, shape: channel)', 'NRM2205'],
    ['dense { drop: dropconnect(drop: 0.5, inference: gaussian(samples: 0)) }', 'NRM2205'],
    ['dense { drop: dropconnect(drop: 0.5, inference: gaussian(samples: -3)) }', 'NRM2205'],
    ['dense { drop: dropconnect(drop: 0.5, inference: gaussian) }', 'NRM2205'],
    ['dense { drop: dropconnect(drop: 0.5, inference: 20) }', 'NRM2205'],
    ['dense { drop: dropconnect(drop: 0.5, mask: element) }', 'NRM2205'],
    ['conv { drop: dropconnect(drop: 0.5, mask: sample) }', 'NRM2331'],
    ['drop: dropconnect(drop: 0.5)', 'NRM2332'],
    ['norm: dropconnect(drop: 0.5)', 'NRM2332'],
    ['dense { norm: dropconnect(drop: 0.5) }', 'NRM2332'],
    ['hidden { noise: 0.1 }', 'NRM3009'],
    ['input { noise: 0.1 }', 'NRM3009'],
    ['hidden { noise: gaussian(-0.1) }', 'NRM2205'],
    ['hidden { noise: gaussian(0) }', 'NRM3005'],
    ['input { noise: gaussian(0) }', 'NRM3005'],
    ['hidden { noise: none }', 'NRM3005'],
    ['hidden { noise: gaussian }', 'NRM2201'],
    ['stem { noise: gaussian(0.1) }', 'NRM2333'],
    ['act { noise: gaussian(0.1) }', 'NRM3005'],
    ['norm: batch  norm.variance { noise: gaussian(0.1) }', 'NRM2335'],
    ['dense { drop: none }', 'NRM3005'],
    ['dense.kernel { drop: none }', 'NRM3005'],
    ['dense.bias { drop: dropconnect(drop: 0.5) }', 'NRM3006'],
    ['flatten { drop: dropconnect(drop: 0.5) }', 'NRM3006'],
    ['dense { drop: dropout(drop: 0.5) }', 'NRM3006'],
  ])('%s', (policy, code) => {
    expect(codes(spec(body, policy))).toEqual([code]);
  });

  test('what it is called elsewhere is told as it is called here', () => {
    const helps = (policy: string): string =>
      diagnose(spec(body, policy))
        .map((d) => d.help ?? '')
        .join('; ');
    expect(helps('drop: stochastic_depth(drop: 0.1)')).toContain('`drop_path`');
    expect(helps('drop: SpatialDropout2D(drop: 0.1)')).toContain('`dropout`');
    expect(helps('dense { dropconnect: 0.5 }')).toContain('`drop: dropconnect(drop: 0.5)`');
    expect(helps('dense { gaussian_noise: 0.5 }')).toContain('`noise: gaussian(0.1)`');
    expect(helps('dense { drop: dropout(drop: 0.5) }')).toContain('`drop: dropconnect(drop: 0.5)`');
    expect(helps('dense.kernel { drop: dropout(drop: 0.5) }')).toContain('`drop: dropconnect(drop: 0.5)`');
    expect(helps('input.image { noise: gaussian(0.1) }')).toContain('`input { noise: gaussian(0.05) }`');
  });

  test('a pin of a slot', () => {
    expect(codes(spec('flatten dense(3) drop(dropconnect(drop: 0.5))', ''))).toEqual(['NRM2332']);
  });

  test('channels of a vector, at the place of the slot', () => {
    expect(spoken(spec('flatten dense(3) drop', 'drop: dropout(drop: 0.5, shape: channel)'))).toEqual([
      'NRM2330 `drop1` with `shape: channel` drops whole feature maps, found [N, 3] | drop | dense(3)',
    ]);
  });

  test('a kernel that is refused everywhere is told of once', () => {
    expect(
      codes(
        spec(
          'conv(2, kernel: 1) conv(2, kernel: 1) flatten dense(2)',
          'kernel { drop: dropconnect(drop: 0.5, mask: sample) }',
        ),
      ),
    ).toEqual(['NRM2331']);
  });
});

test('a sampling program keeps dropout and elides noise', () => {
  const of = under(
    'act: relu  drop: dropout(drop: 0.2)  hidden.kernel { drop: dropconnect(drop: 0.5)  noise: gaussian(1) }  input { noise: gaussian(1) }',
  );
  const sample = compileNetwork(of, { sampling: true, verify: true }).sample;
  const kinds = sample?.graph.nodes.map((n) => n.op) ?? [];
  expect(kinds.filter((k) => k === 'dropoutTrain')).toHaveLength(3);
  expect(kinds.filter((k) => k.startsWith('noise') || k === 'dropConnect')).toEqual([]);
  expect(compileNetwork(of).sample).toBeNull();
});

describe('samples of DropConnect where no activation follows (NRM6013)', () => {
  const policy = (selector: string, more = ''): string =>
    `${more}  ${selector} { drop: dropconnect(drop: 0.5, inference: gaussian(samples: 9)) }`;

  test.each([
    ['flatten dense(3)', policy('dense')],
    ['flatten dense(3) act dense(3)', policy('dense', 'act: linear')],
    ['flatten dense(3) norm dense(3)', policy('dense', 'norm: batch')],
    ['flatten dense(3) norm act dense(3)', policy('dense', 'norm: batch(track: false)  act: relu')],
    ['flatten dense(3) as x act  sum { | identity | from x }', policy('dense', 'act: relu')],
  ])('is told of: %s, %s', (body_, rules) => {
    expect(codes(spec(body_, rules))).toEqual(['NRM6013']);
  });

  test.each([
    ['flatten dense(3) act dense(3)', policy('dense', 'act: relu')],
    ['flatten dense(3) drop act dense(3)', policy('dense', 'act: relu  drop: dropout(drop: 0.5)')],
    ['conv(3, kernel: 3) norm act flatten dense(3)', policy('conv', 'norm: batch  act: relu')],
    ['flatten dense(3)', 'dense { drop: dropconnect(drop: 0.5, inference: mean) }'],
  ])('is fine: %s, %s', (body_, rules) => {
    expect(codes(spec(body_, rules))).toEqual([]);
  });
});
