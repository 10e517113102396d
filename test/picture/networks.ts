/** Networks that the tests draw, from their text, and models of any shape, made by hand. */
import fc from 'fast-check';
import { checkNetwork } from '../../src/check/index.ts';
import type { Group, Layer, Model, Source } from '../../src/check/model.ts';
import type { ValueType } from '../../src/ir/graph.ts';
import { joins, layers } from '../../src/ir/ops/index.ts';
import { parse } from '../../src/parser/index.ts';

const policy = `
policy Classic {
  norm: batch(epsilon: 1e-5)
  act: relu
  conv { init: kaiming  decay: 5e-4 }
  conv[first]? { decay: none }
}
`;

export const resnet = `
block Residual(filters, stride = 1) {
  sum {
    | conv(filters, kernel: 3, stride: stride, padding: 1) norm act  conv(filters, kernel: 3) end: norm
    | shortcut(filters, stride)
  }
  act
}
network ResNet18(classes = 1000) with Classic {
  input image: float32[224, 224, 3]
  stem: { conv(64, kernel: 7, stride: 2, padding: 3) norm act  maxpool(3, stride: 2, padding: 1) }
  repeat 2 { Residual(64) }
  for filters in [128, 256, 512] { Residual(filters, stride: 2)  Residual(filters) }
  global_avgpool
  classifier: dense(classes)
}${policy}`;

export const inception = `
block Inception(a, b3, c3, b5, c5, p) {
  concat {
    | conv(a, kernel: 1) norm act
    | conv(b3, kernel: 1) norm act  conv(c3, kernel: 3) norm act
    | conv(b5, kernel: 1) norm act  conv(c5, kernel: 5) norm act
    | maxpool(3, stride: 1)  conv(p, kernel: 1) norm act
  }
}
network Inceptions with Classic {
  input image: float32[32, 32, 3]
  stem: { conv(64, kernel: 7, stride: 2) norm act }
  Inception(64, 96, 128, 16, 32, 32)
  Inception(128, 128, 192, 32, 96, 64)
  global_avgpool
  drop(dropout(drop: 0.4))
  dense(10)
}${policy}`;

export const unet = `
network Skips with Classic {
  input image: float32[32, 32, 3]
  down1: { conv(16, kernel: 3) norm act } as a
  maxpool(2)
  down2: { conv(32, kernel: 3) norm act } as b
  maxpool(2)
  bottom: { conv(64, kernel: 3) norm act }
  concat { | identity | from b maxpool(2) }
  conv(32, kernel: 3) norm act
  concat { | identity | from a maxpool(4) }
  output mask: conv(1, kernel: 1)
}${policy}`;

export const siamese = `
network Siamese with Classic {
  input left: float32[16, 16, 3]
  input right: float32[16, 16, 3]
  sum {
    | from left encoder: { conv(8, kernel: 3) norm act maxpool(2) flatten dense(32) }
    | from right again encoder
  }
  act
  output same: dense(1)
}${policy}`;

export const plain = `
network Plain with Classic {
  input image: float32[8, 8, 1]
  conv(4, kernel: 3) norm(batch) act maxpool(2)
  flatten
  dense(3)
}${policy}`;

/** So deep that a stage is set in columns. */
export const deep = `
network Deep with Classic {
  input image: float32[32, 32, 3]
  conv(16, kernel: 3) norm act
  body: { repeat 12 { sum { | conv(16, kernel: 3) norm act conv(16, kernel: 3) norm | identity } act } }
  dense_head: { global_avgpool dense(10) }
}${policy}`;

export const texts = { resnet, inception, unet, siamese, plain, deep } as const;

/** The first network of a text, or the one of that name. */
export function modelOf(text: string, name = /network (\w+)/.exec(text)?.[1] ?? ''): Model {
  const { tree, diagnostics } = parse(text, 'spec.nrm');
  const checked = checkNetwork(tree, name, {});
  if (checked.model === null)
    throw new Error([...diagnostics, ...checked.diagnostics].map((d) => `${d.code} ${d.message}`).join('\n'));
  return checked.model;
}

// ── of any shape ─────────────────────────────────────────────────────────────────────────────────────────────────────

const span = { file: 'spec.nrm', start: 0, end: 0 };

interface Step {
  readonly op: 'conv' | 'relu' | 'batch' | 'maxpool' | 'sum' | 'mul' | 'concat';
  /** How far back its values come from; what is before the first layer is an input. */
  readonly back: readonly number[];
  readonly channels: number;
  /** Before it: groups that end, groups that begin. */
  readonly close: number;
  readonly open: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom('conv', 'conv', 'relu', 'batch', 'maxpool', 'sum', 'mul', 'concat'),
  back: fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 4 }),
  channels: fc.integer({ min: 1, max: 4096 }),
  close: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 })),
  open: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 })),
});

/** Nothing here fits together as shapes do: a picture must not care. */
export const anyModel: fc.Arbitrary<Model> = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 24 }),
    inputs: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ steps, inputs, outputs }) => built(steps, inputs, outputs));

function built(steps: readonly Step[], inputs: number, outputs: number): Model {
  const names = Array.from({ length: inputs }, (_, i) => `input${i}`);
  const sources: Source[] = names.map((name) => ({ kind: 'input', name }));
  const types = new Map<Source, ValueType>(sources.map((s) => [s, image(3)]));
  const groups: Group[] = [];
  const made: Layer[] = [];
  let open: string[] = [];
  for (const [i, { op, back, channels, close, open: begin }] of steps.entries()) {
    open = open.slice(0, Math.max(0, open.length - close));
    for (let g = 0; g < begin; g++) {
      open = [...open, `group${groups.length}`];
      groups.push({ kind: groups.length % 2 === 0 ? 'stage' : 'block', path: open.join('.'), word: 'Block', span });
    }
    const def = joins[op] ?? layers[op];
    if (def === undefined) throw new Error(`no op ${op}`);
    const from = (def.use === 'join' ? back : back.slice(0, 1)).map((b) => sources[Math.max(0, sources.length - b)]);
    const path = [...open, `${op}${i}`].join('.');
    const output = image(op === 'conv' || op === 'concat' ? channels : 64);
    const given = from.filter((s) => s !== undefined);
    made.push({
      path,
      def,
      args: {},
      sources: given,
      inputs: given.map((s) => types.get(s) ?? image(3)),
      output,
      weights: [],
      shares: null,
      noise: null,
      settings: [],
      biasReason: null,
      span,
    });
    const value: Source = { kind: 'layer', path };
    sources.push(value);
    types.set(value, output);
  }
  const last = sources.slice(-outputs);
  return {
    network: 'Any',
    policy: null,
    inputs: names.map((name) => ({ name, type: image(3), span })),
    layers: made,
    groups,
    outputs: last.map((source, i) => ({ name: `output${i}`, source, type: types.get(source) ?? image(3), span })),
    choices: [],
    sections: { gradient: {}, input: {}, stop: {} },
    span,
  };
}

const image = (channels: number): ValueType => ({ dtype: 'float32', shape: ['N', 8, 8, channels] });
