/** A small network written by hand as an emitted module would be: centering, one dense layer, dropout, momentum. And data for it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Rank, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Look, Losses, Report, RunConfig, Training } from '../../../src/runtime/model.ts';
import { randomKey, uniforms } from '../../../src/runtime/random.ts';
import { snapshot, variable } from '../../../src/runtime/tensors.ts';

export interface Params {
  readonly dense: { readonly kernel: Variable<Rank.R2>; readonly bias: Variable<Rank.R1> };
}
export interface State {
  readonly norm: { readonly mean: Variable<Rank.R1> };
}
export interface Slots {
  readonly dense: { readonly kernel: { readonly velocity: Variable<Rank.R2> } };
}
export interface Frozen {
  readonly dense: { readonly kernel: Tensor2D; readonly bias: Tensor1D };
}
export interface Batch {
  readonly image: Tensor4D;
  readonly label: Tensor1D;
}

const pixels = 16;
const classes = 3;

export function init(seed: number): { params: Params; state: State } {
  const values = uniforms(randomKey(seed, 'dense.kernel', 'initial'), pixels * classes).map((u) => u - 0.5);
  return {
    params: {
      dense: {
        kernel: variable(tf.tensor2d(values, [pixels, classes])),
        bias: variable(tf.zeros<Rank.R1>([classes])),
      },
    },
    state: { norm: { mean: variable(tf.zeros<Rank.R1>([pixels])) } },
  };
}

export const initOptimizer = (): Slots => ({
  dense: { kernel: { velocity: variable(tf.zeros<Rank.R2>([pixels, classes])) } },
});

const flat = (image: Tensor4D): Tensor2D => tf.reshape(image, [-1, pixels]);

function forward({ params, random }: Training<Params, State, Slots>, image: Tensor4D) {
  const x = flat(image);
  const u = uniforms(randomKey(random.seed, 'drop', 'mask', random.update), x.size);
  const mask = tf.tensor2d(
    u.map((value) => (value < 0.2 ? 0 : 1.25)),
    x.shape,
  );
  const mean = tf.mean<Tensor1D>(x, 0);
  const centered = tf.mul<Tensor2D>(tf.sub(x, mean), mask);
  return { mean, centered, logits: tf.add<Tensor2D>(tf.matMul(centered, params.dense.kernel), params.dense.bias) };
}

const rate = 0.1;

export function step(training: Training<Params, State, Slots>, { image, label }: Batch): Report {
  const { params, state, optimizer } = training;
  const loss = tf.tidy(() => {
    const { mean, centered, logits } = forward(training, image);
    const target = tf.oneHot(label, classes);
    const dlogits = tf.div<Tensor2D>(tf.sub(tf.softmax(logits), target), image.shape[0]);
    const dkernel = tf.matMul(centered, dlogits, true);
    const velocity = tf.add<Tensor2D>(tf.mul(optimizer.dense.kernel.velocity, 0.9), dkernel);
    optimizer.dense.kernel.velocity.assign(velocity);
    params.dense.kernel.assign(tf.sub(params.dense.kernel, tf.mul(velocity, rate)));
    params.dense.bias.assign(tf.sub(params.dense.bias, tf.mul(tf.sum(dlogits, 0), rate)));
    state.norm.mean.assign(tf.add(tf.mul(state.norm.mean, 0.9), tf.mul(mean, 0.1)));
    return tf.reshape<tf.Rank.R0>(tf.losses.softmaxCrossEntropy(target, logits), []);
  });
  return { loss, penalty: null };
}

export function inspect(training: Training<Params, State, Slots>, { image }: Batch, look: Look): void {
  tf.tidy(() => {
    const { centered, logits } = forward(training, image);
    look('drop1', centered);
    look('dense', logits);
  });
}

export const evaluate = (params: Params, state: State, image: Tensor4D): Tensor2D =>
  tf.tidy(() =>
    tf.add<Tensor2D>(tf.matMul(tf.sub<Tensor2D>(flat(image), state.norm.mean), params.dense.kernel), params.dense.bias),
  );

/** The loss by itself, as `step` reports it. */
export const lossOf = (logits: Tensor2D, { label }: { readonly label: Tensor1D }): Losses => ({
  loss: tf.tidy(() => tf.reshape<tf.Rank.R0>(tf.losses.softmaxCrossEntropy(tf.oneHot(label, classes), logits), [])),
});

export const freeze = (params: Params, state: State): Frozen => ({
  dense: {
    kernel: snapshot(params.dense.kernel),
    bias: tf.tidy(() => tf.sub<Tensor1D>(params.dense.bias, tf.dot(state.norm.mean, params.dense.kernel) as Tensor1D)),
  },
});

export const predict = (w: Frozen, image: Tensor4D): Tensor2D =>
  tf.tidy(() => tf.add<Tensor2D>(tf.matMul(flat(image), w.dense.kernel), w.dense.bias));

export const config: RunConfig = {
  train: 'toy',
  network: 'Toy',
  policy: 'Plain',
  source: 'toy.nrm',
  version: '0.1.0',
  data: {
    name: 'Stripes',
    source: { kind: 'idx', name: 'stripes' },
    fields: [
      { kind: 'tensor', name: 'image', dtype: 'float32', shape: [4, 4, 1], preprocessing: 'minmax' },
      { kind: 'class', name: 'label', classes },
    ],
    validation: 0.1,
  },
  inputs: ['image'],
  outputs: [{ name: 'dense', target: 'label', loss: 'cross_entropy', probabilities: 'softmax' }],
  batch: 16,
  last: 'keep',
  epochs: 3,
  seed: 7,
  metrics: [{ output: 'dense', metric: 'accuracy', as: 'accuracy' }],
  needsTwoSamples: false,
  passes: [
    { name: 'fold-batchnorm', program: 'predict', rewrites: ['norm: folded into dense'], refused: [] },
    { name: 'elide-dropout', program: 'predict', rewrites: ['drop1: removed'], refused: [] },
  ],
  programs: { step: 12, evaluate: 4, freeze: 2, predict: 2 },
  migrations: [],
  spec: 'network Toy {\n  input image: float32[4, 4, 1]\n  dense(3)\n}\ntrain toy { epochs: 3 }\n',
};

/** Bytes of an idx file. */
export function idx(shape: readonly number[], values: ArrayLike<number>, code = 8): Uint8Array {
  const width = { 8: 1, 9: 1, 11: 2, 14: 8 }[code] ?? 4;
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + values.length * width);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, code, shape.length]);
  shape.forEach((d, i) => {
    view.setUint32(4 + 4 * i, d);
  });
  for (let i = 0; i < values.length; i++) {
    const at = start + i * width;
    const value = values[i] ?? 0;
    if (code === 12) view.setInt32(at, value);
    else if (code === 13) view.setFloat32(at, value);
    else bytes[at] = value;
  }
  return bytes;
}

/** n pictures of 4×4, each with one of three stripes, and their labels. */
export function stripes(n: number, salt = 0): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const noise = uniforms(randomKey(salt, 'stripes', 'initial'), n * pixels);
  const labels = Uint8Array.from({ length: n }, (_, i) => (i * 7 + salt) % classes);
  const images = Uint8Array.from({ length: n * pixels }, (_, i) => {
    const row = Math.floor((i % pixels) / 4);
    return 90 * (noise[i] ?? 0) + (row === labels[Math.floor(i / pixels)] ? 150 : 0);
  });
  return { images, labels };
}

/** The data set `stripes` in a folder; returns the folder that holds it. */
export function writeData(folder: string, { train = 200, test = 60 } = {}): string {
  const at = path.join(folder, 'stripes');
  mkdirSync(at, { recursive: true });
  for (const [part, n, salt] of [
    ['train', train, 1],
    ['t10k', test, 2],
  ] as const) {
    const { images, labels } = stripes(n, salt);
    writeFileSync(path.join(at, `${part}-images-idx3-ubyte.gz`), gzipSync(idx([n, 4, 4], images)));
    writeFileSync(path.join(at, `${part}-labels-idx1-ubyte`), idx([n], labels));
  }
  return folder;
}
