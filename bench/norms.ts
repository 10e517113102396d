/**
 * Norms beside batch norm, in turn in one process: `node bench/norms.ts wasm|cpu`. Prints lines of JSON: of each norm
 *   a train step of a net under it, by emitted code, and that of its forward pass and closed-form gradient on [64, 28, 28, 32];
 *   how much longer the gradient takes that is derived op by op from the same formula.
 */
import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import { normalizeGrad, normalizeTrain } from '../src/runtime/index.ts';
import { chooseBackend } from '../src/runtime/node/backend.ts';
import { emitTrain, median, withModule } from './emitted.ts';

const mode = process.argv[2] ?? 'wasm';
if (mode !== 'wasm' && mode !== 'cpu') throw new Error(`no backend ${mode}`);
await chooseBackend(mode);
const rounds = mode === 'cpu' ? 2 : 15;

type Over = 'batch' | 'sample' | 'position';
interface Norm {
  /** As a policy fills the slot. */
  readonly method: string;
  readonly options: {
    readonly over: Over;
    readonly slice?: number;
    readonly groups?: number;
    readonly centred: boolean;
    readonly epsilon: number;
  };
}

const epsilon = 1e-3;
const norms: readonly Norm[] = [
  { method: 'batch', options: { over: 'batch', centred: true, epsilon } },
  { method: 'ghost_batch(16)', options: { over: 'batch', slice: 16, centred: true, epsilon } },
  { method: 'layer', options: { over: 'sample', groups: 1, centred: true, epsilon } },
  { method: 'layer(axes: channel)', options: { over: 'position', groups: 1, centred: true, epsilon } },
  { method: 'group(8)', options: { over: 'sample', groups: 8, centred: true, epsilon } },
  { method: 'instance', options: { over: 'sample', centred: true, epsilon } },
  { method: 'frn', options: { over: 'sample', centred: false, epsilon } },
  { method: 'rms', options: { over: 'position', groups: 1, centred: false, epsilon } },
];

/** Each in turn, round after round, so that a slow second of the machine is everybody's. */
async function inTurn(runs: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const times: number[][] = runs.map(() => []);
  for (let round = 0; round < rounds + 2; round++) {
    for (const [i, run] of runs.entries()) {
      const start = performance.now();
      await run();
      if (round >= 2) times[i]?.push(performance.now() - start);
    }
  }
  return times.map(median);
}

const [n, h, w, c] = [mode === 'cpu' ? 8 : 64, 28, 28, 32];
const x = tf.randomNormal<tf.Rank.R4>([n, h, w, c]);
const dy = tf.randomNormal<tf.Rank.R4>([n, h, w, c]);
const [gamma, beta] = [tf.randomNormal<tf.Rank.R1>([c]), tf.randomNormal<tf.Rank.R1>([c])];

/** x as it is measured by groups, and the axes of a mean. */
function seenBy({ over, slice, groups }: Norm['options']): readonly [shape: number[], axes: number[]] {
  if (over === 'position') return [[n, h, w, c], [3]];
  if (over === 'sample')
    return [
      [n, h, w, groups ?? c, c / (groups ?? c)],
      [1, 2, 4],
    ];
  return [
    [n / (slice ?? n), slice ?? n, h, w, c],
    [1, 2, 3],
  ];
}

/** The gradient op by op, each as tfjs derives it: what a tape would run. Nothing is simplified, nothing joined. */
function derived(options: Norm['options']): (parts: { readonly u: tf.Tensor; readonly r: tf.Tensor }) => tf.Tensor[] {
  const [shape, axes] = seenBy(options);
  const count = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
  const ofMean = (g: tf.Tensor): tf.Tensor => tf.div(tf.mul(g, tf.ones(shape)), count);
  return ({ u, r }) => {
    const z = tf.reshape(tf.mul(u, r), [n, h, w, c]);
    const dbeta = tf.sum(dy, [0, 1, 2]);
    const dgamma = tf.sum(tf.mul(dy, z), [0, 1, 2]);
    const dz = tf.reshape(tf.mul(dy, gamma), shape);
    const dr = tf.sum(tf.mul(dz, u), axes, true);
    const dq = tf.mul(tf.mul(dr, -0.5), tf.mul(r, tf.square(r)));
    const du = tf.add(tf.mul(dz, r), tf.mul(ofMean(dq), tf.mul(u, 2)));
    const dx = options.centred ? tf.add(du, ofMean(tf.neg(tf.sum(du, axes, true)))) : du;
    return [tf.reshape(dx, [n, h, w, c]), dgamma, dbeta];
  };
}

/** What the forward pass leaves for it. */
function partsOf(options: Norm['options']): { readonly u: tf.Tensor; readonly r: tf.Tensor } {
  const [shape, axes] = seenBy(options);
  return tf.tidy(() => {
    const seen = tf.reshape(x, shape);
    const u = options.centred ? tf.sub(seen, tf.mean(seen, axes, true)) : tf.clone(seen);
    return { u, r: tf.rsqrt(tf.add(tf.mean(tf.square(u), axes, true), epsilon)) };
  });
}

async function kernels(): Promise<void> {
  const saved = norms.map(({ options }) => normalizeTrain(x, { gamma, beta, ...options }));
  const forward = norms.map(({ options }) => async () => {
    const made: object = normalizeTrain(x, { gamma, beta, ...options });
    await finish(made);
  });
  const closed = norms.map(({ options }, i) => async () => {
    const { variance, mean } = { mean: undefined, ...saved[i] };
    if (variance === undefined) throw new Error('no statistics');
    await finish(normalizeGrad(dy, x, variance, { gamma, ...options, ...(mean === undefined ? {} : { mean }) }));
  });
  const parts = norms.map(({ options }) => partsOf(options));
  const opByOp = norms.map(({ options }, i) => async () => {
    const part = parts[i];
    if (part !== undefined) await finish(tf.tidy(() => derived(options)(part)));
  });
  const [f, b, d] = [await inTurn(forward), await inTurn(closed), await inTurn(opByOp)];
  norms.forEach(({ method }, i) => {
    const [ahead = 0, back = 0, tape = 0] = [f[i], b[i], d[i]];
    const whole = (f[0] ?? 0) + (b[0] ?? 0);
    print(`${method}: forward and gradient`, ahead + back, {
      forwardMs: round(ahead),
      gradientMs: round(back),
      ofBatch: round((ahead + back) / whole),
      derivedMs: round(tape),
      derivedOfClosed: round(tape / back),
    });
  });
}

/** Waits for the values, which is what makes a backend compute them. */
async function finish(made: object): Promise<void> {
  const tensors: tf.Tensor[] = made instanceof tf.Tensor ? [made] : Object.values(made);
  await tensors[0]?.data();
  tf.dispose(tensors);
}

const spec = (method: string): string => `
network Net with P {
  input image: float32[28, 28, 1]
  conv(32, kernel: 3)  norm  act  maxpool(2)
  conv(64, kernel: 3)  norm  act  maxpool(2)
  flatten  dense(128)  act  dense(10)
}
policy P { norm: ${method}  act: ${method === 'frn' ? 'tlu' : 'relu'} }
data Random { source: idx("random")  fields { image: float32[28, 28, 1]  label: class(10) } }
train net {
  network: Net  data: Random  loss: cross_entropy  optimizer: adam(rate: 1e-3)
  batch: ${n}  last: drop  epochs: 1
}
`;

async function steps(): Promise<void> {
  const image = tf.randomNormal([n, 28, 28, 1]);
  const label = tf.randomUniform([n], 0, 10, 'int32');
  const runs: (() => Promise<void>)[] = [];
  /** Modules are open until all have been timed. */
  const open = async ([norm, ...more]: readonly Norm[]): Promise<void> => {
    if (norm === undefined) return timed();
    await withModule(emitTrain(spec(norm.method.replace('ghost_batch(16)', `ghost_batch(${n / 4})`)), 'net'), (net) => {
      const { params, state } = net.init(7);
      const optimizer = net.initOptimizer(params);
      let update = 0;
      runs.push(async () => {
        update++;
        const of = { updates: 1000, samples: n, perEpoch: 1, plateau: 1, update, random: { seed: 7, update } };
        const report = net.step({ params, state, optimizer, ...of }, { image, label });
        await report.loss.data();
        report.loss.dispose();
      });
      return open(more);
    });
  };
  const timed = async (): Promise<void> => {
    const times = await inTurn(runs);
    norms.forEach(({ method }, i) => {
      print(`train step, ${method}`, times[i] ?? 0, { ofBatch: round((times[i] ?? 0) / (times[0] ?? 1)) });
    });
  };
  await open(norms);
}

const round = (value: number): number => +value.toFixed(2);
const print = (what: string, medianMs: number, more: object): void => {
  console.log(JSON.stringify({ mode: `${mode}: ${what}`, medianMs: round(medianMs), ...more }));
};

await kernels();
await steps();
