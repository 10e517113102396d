/** The resolved spec says the same as the spec, and nothing but what it means. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolvedSpec } from '../../src/check/index.ts';
import type { TrainConfig } from '../../src/check/model.ts';
import { sectionSettings } from '../../src/check/sections/index.ts';
import { parse } from '../../src/parser/index.ts';
import { diagnose, trainOf } from './support.ts';

const folder = path.resolve(import.meta.dirname, '../../examples');
/** The name of the train; none where there is none. */
function only(text: string): string {
  return /\btrain (\w+)/.exec(text.replace(/\/\/.*/g, ''))?.[1] ?? '';
}

const examples = readdirSync(folder).filter(
  (file) => file.endsWith('.nrm') && only(readFileSync(path.join(folder, file), 'utf8')) !== '',
);

/** What is trained, without places and without how it came about. */
const meaning = (train: TrainConfig): unknown => {
  const bound = (b: { readonly def: { readonly name: string }; readonly args: unknown } | null) =>
    b && [b.def.name, b.args];
  const { model, data } = train;
  return {
    ...train,
    span: null,
    origin: null,
    written: null,
    own: null,
    metrics: train.metrics.map((m) => [m.output, bound(m.metric)]),
    losses: train.losses.map((l) => ({ ...l, loss: bound(l.loss) })),
    optimizer: bound(train.optimizer),
    schedule: bound(train.schedule),
    data: { ...data, span: null, fields: data.fields.map((f) => ({ ...f, span: null })) },
    model: {
      ...model,
      span: null,
      sections: sectionSettings(model.sections),
      inputs: model.inputs.map((i) => ({ ...i, span: null })),
      outputs: model.outputs.map((o) => ({ ...o, span: null })),
      groups: model.groups.map((g) => ({ ...g, span: null })),
      layers: model.layers.map((l) => ({
        ...l,
        span: null,
        def: l.def.name,
        settings: null,
        weights: l.weights.map((w) => ({ ...w, penalties: w.penalties.map(bound) })),
      })),
    },
  };
};

describe.each(examples)('%s', (file) => {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const train = trainOf(text, only(text));
  const resolved = resolvedSpec(train);

  test('reads well', async () => {
    await expect(resolved).toMatchFileSnapshot(`golden/resolved-${file}`);
  });

  test('is clean, and means the same', () => {
    // A lint that the spec allows with a reason is told again: comments are not part of what is stored.
    expect(diagnose(resolved).filter((d) => d.severity === 'error')).toEqual([]);
    expect(meaning(trainOf(resolved, only(text)))).toEqual(meaning(train));
  });

  test('is its own resolved spec', () => {
    expect(resolvedSpec(trainOf(resolved, only(text)))).toBe(resolved);
  });

  test('does not depend on layout, comments and what is not used', () => {
    const tight = text.replace(/\/\/.*/g, '').replace(/\s+/g, ' ');
    expect(parse(tight, 'spec.nrm').diagnostics).toEqual([]);
    expect(
      resolvedSpec(trainOf(`policy Unused { act: gelu } ${tight}`.replace(/^(.*?)nrm 1/, 'nrm 1 $1'), only(text))),
    ).toBe(resolved);
  });
});

test('what is not in force is left out; bases, parameters and arguments are worked in', async () => {
  const text = `
network Net(classes, width = 2 * 4) with Other {
  input image: float32[8, 8, 1]
  conv(stride: 2, filters: width, kernel: 50% * 6)  norm(batch(epsilon: 1e-5))  act
  flatten
  classifier: dense(classes)
}
policy Other { norm?: batch  act: tanh }
policy Base(rate) { act: elu  drop?: dropout(drop: rate)  conv, dense { decay: rate / 10  init: lecun }  missing? { decay: 1e-9 } }
policy Mine extends Base(rate: 50%) { act: leaky_relu  classifier { decay: none  penalty: l2(1e-3, half: true) }  dense { decay: decoupled(0.1, per: step) } }
data D { source: idx("d")  fields { label: class(3)  image: float32[8, 8, 1] } }
train t { epochs: 1  batch: 8  network: Net(classes: 3)  policy: Mine  data: D  loss: cross_entropy  optimizer: sgd }
`;
  const resolved = resolvedSpec(trainOf(text, 't'));
  await expect(resolved).toMatchFileSnapshot('golden/resolved-all.nrm');
  expect(diagnose(resolved)).toEqual([]);
  expect(meaning(trainOf(resolved, 't'))).toEqual(meaning(trainOf(text, 't')));
});
