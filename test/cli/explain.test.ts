/** `nrmc explain FILE TARGET`, as it is read in a terminal of 80 columns. The texts stand in `golden/explain`. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/check/explain/index.ts';
import { checkNetwork, checkTrain } from '../../src/check/index.ts';
import { renderExplanation } from '../../src/cli/explanation.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { clips, optimizers, penalties, schedules, weightMethods } from '../../src/ir/ops/index.ts';
import { parse } from '../../src/parser/index.ts';
import { example, nrmc, workFolder } from './run.ts';

const folder = path.join(import.meta.dirname, 'golden/explain');
const text = readFileSync(path.join(folder, 'net.nrm'), 'utf8');

function subject(
  target: string,
  { set = [], alone = false }: { readonly set?: readonly string[]; readonly alone?: boolean } = {},
) {
  const { tree } = parse(text, 'net.nrm');
  const checked = alone ? checkNetwork(tree, 'Net', { set }) : checkTrain(tree, 'small', { set });
  const train = 'train' in checked ? checked.train : null;
  const built = 'train' in checked ? train?.origin : checked.built;
  if (built == null) throw new Error(checked.diagnostics.map((d) => d.message).join('\n'));
  const found: Diagnostic[] = [];
  return { explanation: explain(target, { built, train }, (d) => found.push(d)), found };
}

function page(target: string, how: Parameters<typeof subject>[1] = {}, color = false, width = 80): string {
  const { explanation, found } = subject(target, how);
  if (explanation === null) throw new Error(found.map((d) => d.message).join('\n'));
  const set = (how.set ?? []).join('\n');
  return renderExplanation(explanation, { color, width, unicode: true, sources: (f) => (f === '--set' ? set : text) });
}

describe('pages', () => {
  test.each([
    ['a-layer', 'Residual1.conv1', {}],
    ['a-layer-by-its-full-name', 'Net.Residual2.conv2', {}],
    ['a-norm', 'stem.norm1', {}],
    ['a-pinned-slot', 'act1', {}],
    ['an-empty-slot', 'drop1', { set: ['policy.drop=none'] }],
    ['a-weight', 'classifier.kernel', {}],
    ['a-frozen-weight', 'stem.conv1.kernel', {}],
    ['an-overridden-weight', 'dense1.kernel', { set: ['policy.dense.decay=1e-3'] }],
    [
      'a-dropped-kernel',
      'dense1.kernel',
      { set: ['policy.dense1.kernel.drop=dropconnect(drop: 0.5)', 'policy.dense1.kernel.noise=gaussian(0.01)'] },
    ],
    ['a-noisy-layer', 'Residual1.conv1', { set: ['policy.Residual1.conv1.noise=gaussian(0.1)'] }],
    ['the-inputs', 'input', { set: ['policy.input.noise=gaussian(0.1)'] }],
    ['a-join', 'Residual1.sum1', {}],
    ['a-selector', 'conv[not stem]', {}],
    ['a-stage', 'stem', {}],
    ['a-block', 'Residual2', {}],
    ['the-gradient', 'gradient', {}],
    ['the-network', 'Net', {}],
    ['the-network-overridden', 'Net', { set: ['policy.norm=none', 'network.width=4'] }],
    ['the-network-alone', 'Net', { alone: true }],
    ['the-network-started', 'Net', { set: ['start="old.safetensors"'] }],
    ['a-policy', 'Strong', {}],
    ['an-input', 'image', {}],
    ['the-data', 'D', {}],
    ['the-train', '', {}],
    ['the-train-overridden', 'small', { set: ['batch=16', 'optimizer.rate=0.01'] }],
  ] as const)('%s', async (name, target, how) => {
    const shown = page(target, how);
    expect(shown.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    await expect(`${shown}\n`).toMatchFileSnapshot(`golden/explain/${name}.txt`);
  });

  test('colours say what is in force, and only they differ', () => {
    const coloured = page('classifier.kernel', {}, true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of a terminal are what is looked for.
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(page('classifier.kernel'));
    expect(coloured).toContain('\u001b[2m');
  });

  test('narrow terminals', () => {
    expect(
      page('classifier.kernel', {}, false, 70)
        .split('\n')
        .filter((l) => [...l].length > 70),
    ).toEqual([]);
  });
});

describe('the network and its weights', () => {
  test.each([[[]], [['start="old.safetensors"']], [['policy.norm=none']], [['policy.dense.trainable=false']]])(
    'agree on where a setting has an effect: %j',
    (set) => {
      const whole = subject('Net', { set }).explanation;
      const all = subject('conv, dense, norm, act, drop, sum', { set }).explanation;
      if (whole?.kind !== 'network' || all?.kind !== 'list') throw new Error('another kind of page');
      const settings = all.places.flatMap((p) => [...p.settings, ...p.weights.flatMap((w) => w.settings)]);
      for (const rule of whole.rules) {
        const effective = settings.filter(
          (s) =>
            s.inForce.span?.file === rule.span.file && s.inForce.span.start === rule.span.start && s.remark === null,
        );
        expect([rule.rule, rule.key, effective.length]).toEqual([rule.rule, rule.key, rule.inForce]);
      }
    },
  );

  test('only what is cut off is told to be', () => {
    const source = `${text}\npolicy Warm { conv, norm { start: "w.safetensors" } }`;
    const { built } = checkNetwork(parse(source, 'net.nrm').tree, 'Net', {
      policy: 'Modern, Warm',
      set: ['policy.norm=none'],
    });
    if (built === null) throw new Error('not built');
    const explanation = explain('Net', { built, train: null }, () => {});
    const warm = explanation?.kind === 'network' ? explanation.rules.filter((r) => r.policy === 'policy Warm') : [];
    expect(warm.map((r) => r.cutOff)).toEqual([['norm']]);
    if (explanation === null) throw new Error('no explanation');
    const shown = renderExplanation(explanation, { color: false, unicode: true, sources: () => source });
    expect(shown.replace(/\s+/g, ' ')).toContain('✓ conv, norm { start: "w.safetensors" }');
    expect(shown.replace(/\s+/g, ' ')).toContain('`norm` is cut off: a later policy');
  });
});

test('second applications: the group, and where their weights are', () => {
  const twice = `network Two {
    input left: float32[8]  input right: float32[8]
    from left  tower: { dense(8)  act(relu) }  as a
    from right  again tower  as b
    concat { | from a | from b }
    dense(2)
  }`;
  const { built } = checkNetwork(parse(twice, 'two.nrm').tree, 'Two');
  if (built === null) throw new Error('not built');
  const found: Diagnostic[] = [];
  const of = (target: string) => explain(target, { built, train: null }, (d) => found.push(d));
  const group = of('again1');
  if (group?.kind !== 'list') throw new Error('no list');
  expect(group.places.map((p) => [p.path, p.shares])).toEqual([
    ['again1.dense1', 'tower.dense1'],
    ['again1.act1', null],
  ]);
  expect(renderExplanation(group, { color: false, unicode: true, sources: () => twice })).toContain(
    '  weights: those of tower.dense1',
  );
  const left = of('left');
  expect(left?.kind === 'input' ? left.takenBy : null).toEqual(['tower.dense1']);
  expect(of('again1.dense1.kernel')).toBe(null);
  expect(found.map((d) => d.help)).toEqual([
    '`again1.dense1` has the weights of `tower.dense1`: ask for `tower.dense1.kernel`',
  ]);
});

test('a choice: counted is the first path', () => {
  const choice = 'network Net { input x: float32[4]  choose { | dense(3) | dense(3)  dense(3) }  dense(2) }';
  const { built } = checkNetwork(parse(choice, 'net.nrm').tree, 'Net');
  const explanation = built && explain('Net', { built, train: null }, () => {});
  expect(explanation?.kind === 'network' ? [explanation.trained, explanation.choices] : null).toEqual([15 + 8, 1]);
});

describe('targets that are not there', () => {
  test('a weight of a slot that stays empty, a policy that is not in force', () => {
    const of = (target: string, set: readonly string[] = []) => subject(target, { set }).found.map((d) => d.help);
    expect(of('stem.norm1.gamma', ['policy.norm=none'])).toEqual([
      '`stem.norm1` has no weights, because it is empty: `norm: none` of --set',
    ]);
    expect(subject('D', { alone: true }).found.map((d) => d.help)).toEqual([
      '`D` belongs to a train: name one, as in `FILE:NAME`',
    ]);
  });

  test.each([
    ['clasifier', 'did you mean `classifier`?'],
    ['Residual3', 'did you mean `Residual`?'],
    ['stem.conv1.kernal', 'did you mean `stem.conv1.kernel`?'],
    ['conv[9]', '`conv` finds 5 places; they are counted from `[1]` to `[5]`'],
    [
      'stem.conv1.bias',
      '`stem.conv1` has no bias here, because the norm after it would take it away again; write `?` behind a name to let the rule find nothing',
    ],
  ])('%s', (target, help) => {
    expect(subject(target).found.map((d) => [d.code, d.help])).toEqual([['NRM0141', help]]);
  });

  test('no selector at all', () => {
    expect(subject('conv[').found.map((d) => d.code)).toEqual(['NRM1007']);
  });
});

test('a second application is explained by the first one', () => {
  const spec = `network N with P { input x: float32[6]  enc: { dense(6)  norm }  again enc }  policy P { norm: batch }`;
  const { built } = checkNetwork(parse(spec, 'n.nrm').tree, 'N');
  if (built === null) throw new Error('it is fine');
  const explained = explain('again1.dense1', { built, train: null }, () => {});
  expect(explained).toMatchObject({ kind: 'place', op: 'dense', shares: 'enc.dense1', weights: [] });
});

test('every optimizer, schedule, penalty, way of clipping and method of kernels has a formula', () => {
  const without = [
    ...Object.values(optimizers).filter((d) => d.formula === undefined),
    ...Object.values(schedules).filter((d) => d.formula === undefined),
    ...Object.values(clips).filter((d) => d.formula === undefined),
    ...Object.values(weightMethods).filter((d) => d.formula === undefined),
    ...Object.values(penalties).filter((d) => d.gradient === undefined),
  ];
  expect(without.map((d) => d.name)).toEqual([]);
});

describe('the command', () => {
  const cwd = workFolder();
  const lenet = example('lenet.nrm');

  test('a layer of an example', () => {
    const { code, out } = nrmc(cwd, 'explain', lenet, 'LeNet.conv2', '--set', 'policy.conv.decay=1e-3');
    expect(code).toBe(0);
    expect(out).toContain('✓ decay: 1e-3');
    expect(out).toContain('`--set` beats every rule');
  });

  test('JSON, for editors', () => {
    const { out } = nrmc(cwd, 'explain', lenet, 'conv2.kernel', '--json');
    expect(JSON.parse(out)).toMatchObject({
      kind: 'place',
      path: 'conv2',
      weights: [{ path: 'conv2.kernel', changes: 'trained' }],
    });
  });

  test('several policies, and one that is not there', () => {
    expect(nrmc(cwd, 'explain', lenet, 'conv2', '--policy', 'Plain, Modern').out).toContain(
      'under policy Plain + Modern',
    );
    const { code, err } = nrmc(cwd, 'explain', lenet, 'conv2', '--policy', 'Plain, Moder');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM0104]');
  });

  test('a sweep is no train, and a search is not run yet', () => {
    const { code, err } = nrmc(cwd, 'train', sweeping(), 'widths');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM3422]: `widths` is a sweep: many cases, not one');
    expect(nrmc(cwd, 'train', sweeping(), 'best').err).toContain(
      'error[NRM0142]: search `best` is checked, but this version does not run it yet',
    );
  });

  function sweeping(): string {
    const file = path.join(cwd, 'sweep.nrm');
    const over = 'over { Net.width: [4, 8] }';
    const search = `search best { train: small  ${over}  method: random(trials: 2)  objective: loss }`;
    writeFileSync(file, `${text}\nsweep widths { train: small  ${over} }\n${search}\n`);
    return file;
  }
});
