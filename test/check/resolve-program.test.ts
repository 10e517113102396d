/** The resolved spec of a program of several files is one file that means the same: the same layers, weights and settings. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkTrain, loadProgram, resolvedSpec } from '../../src/check/index.ts';
import type { Model } from '../../src/check/model.ts';
import { sectionSettings } from '../../src/check/sections/index.ts';
import { parse } from '../../src/parser/index.ts';

const meaning = (model: Model): unknown => ({
  inputs: model.inputs.map((i) => [i.name, i.type]),
  outputs: model.outputs.map((o) => [o.name, o.source]),
  layers: model.layers.map((l) => ({
    path: l.path,
    op: l.def.name,
    args: l.args,
    sources: l.sources,
    output: l.output,
    shares: l.shares,
    weights: l.weights.map((w) => ({ ...w, penalties: w.penalties.map((p) => [p.def.name, p.args]) })),
  })),
  sections: sectionSettings(model.sections),
});

/** Steps that keep 4 channels, so that any of them fit together. */
const step = (blocks: readonly string[]): fc.Arbitrary<string> =>
  fc.letrec<{ item: string; items: string }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom('conv(4, kernel: 3)', 'norm', 'act', 'norm(none)', 'act(tanh)', 'conv(channels, kernel: 1)'),
      ...(blocks.length === 0 ? [] : [fc.constantFrom(...blocks)]),
      fc.tuple(tie('items'), tie('items')).map(([a, b]) => `sum { | ${a} | ${b} }`),
      tie('items').map((a) => `repeat 2 { ${a} }`),
      tie('items').map((a) => `for k in [1, 3] { conv(4, kernel: k)  ${a} }`),
      fc.tuple(tie('items'), tie('items')).map(([a, b]) => `if deep { ${a} } else { ${b} }`),
    ),
    items: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => items.join('  ')),
  })).items;

const body = (text: string): string => text.replaceAll('deep', 'channels > 3');

const program = fc
  .record({
    unit: step([]),
    tower: step(['Unit', 'Unit(kernel: 1)']),
    own: step(['Tower', 'Unit', 'shortcut(4)']),
    net: step(['Tower', 'Unit(kernel: 3)', 'Own', 'Own(1)', 'shortcut(4)']),
    twice: fc.boolean(),
    policy: fc.constantFrom(
      '',
      'Unit? norm { norm: none }',
      'Tower? conv { decay: 1e-3 }  conv[first] { init: zeros }',
      'Own? conv.kernel { penalty: l2(1e-4) }  gradient { clip: global_norm(1) }',
      'enc? { trainable: false }',
    ),
  })
  .map(({ unit, tower, own, net, twice, policy }) => ({
    'net.nrm': `import { Tower, Unit } from "./lib/tower.nrm"
block Own(kernel = 3) { conv(4, kernel: kernel)  ${body(own)} }
network Net(deep = true) {
  input image: float32[6, 6, 4]
  if deep { act }
  enc: { conv(4, kernel: 1)  ${net} }
  ${twice ? 'again enc' : ''}
  flatten  dense(3)
}
policy P { norm?: batch  act?: relu  conv, dense { decay: 1e-4 }  ${policy} }
data D { source: idx("d")  fields { image: float32[6, 6, 4]  label: class(3) } }
train t { network: Net(deep: false)  policy: P  data: D  loss: cross_entropy  optimizer: adamw(rate: 1e-3)  batch: 4  epochs: 1 }
`,
    'lib/tower.nrm': `import { Helper } from "./unit.nrm"
block Unit(kernel = 1) { conv(4, kernel: kernel)  Helper  ${body(unit)} }
block Tower { Unit  ${body(tower)} }
`,
    'lib/unit.nrm': 'block Helper { conv(4, kernel: 1)  norm }\n',
  }));

test('a program of several files and its resolved spec are one model', () => {
  let compared = 0;
  fc.assert(
    fc.property(program, (files: Readonly<Record<string, string>>) => {
      const text = files['net.nrm'] ?? '';
      const read = (path: string) => (files[path] === undefined ? 'missing' : { text: files[path] });
      const { train, diagnostics } = checkTrain(loadProgram(parse(text, 'net.nrm').tree, text, { read }), 't');
      // A policy that finds nothing, or an `again` that would differ.
      if (train === null) {
        expect(diagnostics.some((d) => d.severity === 'error')).toBe(true);
        return;
      }
      const resolved = resolvedSpec(train);
      const again = checkTrain(parse(resolved, 'resolved.nrm').tree, 't');
      expect(again.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([]);
      expect(again.train && meaning(again.train.model)).toEqual(meaning(train.model));
      expect(again.train && resolvedSpec(again.train)).toBe(resolved);
      compared++;
    }),
    { seed: 11, numRuns: 120 },
  );
  expect(compared).toBeGreaterThan(60);
});

/** One network, with a policy and what `--set` says. */
function resolvedOf(body: string, policy: string, set: readonly string[] = []) {
  const text = `network Net { input image: float32[6, 6, 4]  ${body}  flatten  out: dense(3) }
policy P { ${policy} }
data D { source: idx("d")  fields { image: float32[6, 6, 4]  label: class(3) } }
train t { network: Net  policy: P  data: D  loss: cross_entropy  optimizer: adamw(rate: 1e-3)  batch: 4  epochs: 1 }`;
  const { train, diagnostics } = checkTrain(parse(text, 'net.nrm').tree, 't', { set });
  if (train === null) throw new Error(diagnostics.map((d) => d.message).join(', '));
  const again = checkTrain(parse(resolvedSpec(train), 'resolved.nrm').tree, 't');
  return {
    before: meaning(train.model),
    after: again.train && meaning(again.train.model),
    errors: again.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message),
  };
}

test.each([
  [
    'the label of a loop is the name of a place',
    'repeat 2 { k: { conv(4, kernel: 1)  norm } }  k: { conv(4, kernel: 1)  norm }',
    'norm: none  conv { decay: 0.1 }',
    ['policy.k[last] norm.norm=batch'],
  ],
  [
    'a label that rounds of another op have',
    'repeat 2 { head: conv(4, kernel: 3) }  again head',
    'conv { decay: 0.1 }',
    ['policy.dense.init=zeros'],
  ],
  [
    'selectors that have a use for one setting each',
    's1: { norm }  s2: { conv(4, kernel: 1) }',
    's1?, s2? { norm: batch  decay: 1e-3 }',
    [],
  ],
])('%s', (_, body, policy, set) => {
  const { before, after, errors } = resolvedOf(body, policy, set);
  expect(errors).toEqual([]);
  expect(after).toEqual(before);
});
