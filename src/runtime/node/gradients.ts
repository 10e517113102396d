/**
 * Whether the `backward` of a layer or loss is the gradient of its `forward`: for random x, dy and directions v of ±1, ⟨dx, v⟩ is compared with
 * ⟨dy, forward(x + h·v) − forward(x − h·v)⟩ / 2h. Over many v the mean square of their difference is that of the whole gradient.
 */
import { pathToFileURL } from 'node:url';
import { type Scalar, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type ExternLayer, extern, externGrad } from '../kernels/extern.ts';
import { type ExternLoss, externLoss, externLossGrad } from '../kernels/losses/extern.ts';
import { normals, randomKey, uniforms } from '../random.ts';
import { dispose } from '../tensors.ts';
import { chooseBackend } from './backend.ts';
import { loadModules } from './externs.ts';

export interface GradientCase {
  /** Path of the layer. */
  readonly layer: string;
  /** Its module's file. */
  readonly module: string;
  readonly args: Readonly<Record<string, string | number | boolean>>;
  /** Of what arrives, with a batch of its own. */
  readonly x: readonly number[];
  /** Of the result behind the batch; null: as x; of a loss, which compares x with a target of its shape, nothing. */
  readonly shape: readonly (number | string)[] | null | 'loss';
}

const h = 1e-3;
const directions = 16;

/** Relative differences, in the order of the cases. A layer that fails or gives another shape is told as in training. */
export async function compareGradients(cases: readonly GradientCase[]): Promise<readonly number[]> {
  await chooseBackend('cpu');
  await loadModules([...new Set(cases.map((c) => c.module))]);
  return Promise.all(
    cases.map(async (c) => {
      // What it exports was looked at when it was loaded; what that returns is checked at each call.
      const module: unknown = await import(pathToFileURL(c.module).href);
      if (c.shape === 'loss') return ofLoss(module as ExternLoss, c);
      return differenceOf(ofLayer(module as ExternLayer, c, c.shape), c);
    }),
  );
}

interface Function {
  readonly forward: (x: Tensor) => Tensor;
  readonly backward: (dy: Scalar | Tensor, x: Tensor, y: Tensor) => Tensor;
}

function ofLayer(
  module: ExternLayer,
  { layer, args }: GradientCase,
  shape: readonly (number | string)[] | null,
): Function {
  const options = { layer, args };
  return {
    forward: (x) => (shape === null ? extern(module, x, options) : extern(module, x, { ...options, shape })),
    backward: (dy, x, y) => externGrad(module, dy, x, y, options),
  };
}

/** A loss of x alone: the target is any. */
function ofLoss(module: ExternLoss, c: GradientCase): number {
  const { layer, args, x: shape } = c;
  const size = shape.reduce((n, d) => n * d, 1);
  const target = tensor(normals(randomKey(0, `${layer}.target`, 'initial'), size), [...shape]);
  const forward = (x: Tensor): Tensor => externLoss(module, x, target, { layer, args });
  const backward: Function['backward'] = (dy, x) =>
    externLossGrad(module, x, target, { layer, args, dLoss: dy as Scalar });
  const difference = differenceOf({ forward, backward }, c);
  target.dispose();
  return difference;
}

function differenceOf({ forward, backward }: Function, { layer, x: shape }: GradientCase): number {
  const size = shape.reduce((n, d) => n * d, 1);
  const sums = { difference: 0, forward: 0, backward: 0 };
  for (let i = 1; i <= directions; i++) {
    const at = normals(randomKey(i, layer, 'initial'), size);
    const v = uniforms(randomKey(i, `${layer}.direction`, 'initial'), size).map((u) => (u < 0.5 ? -1 : 1));
    const x = tensor(at, [...shape]);
    const y = forward(x);
    const dy = tensor(normals(randomKey(i, `${layer}.dy`, 'initial'), y.size), y.shape);
    const dx = backward(dy, x, y);
    const moved = [1, -1].map((sign) => {
      const there = tensor(
        at.map((value, j) => value + sign * h * (v[j] ?? 0)),
        [...shape],
      );
      const value = forward(there);
      const values = value.dataSync<'float32'>();
      dispose(there, value);
      return values;
    });
    const weights = dy.dataSync<'float32'>();
    const numeric = weights.reduce(
      (sum, w, j) => sum + (w * ((moved[0]?.[j] ?? 0) - (moved[1]?.[j] ?? 0))) / (2 * h),
      0,
    );
    const analytic = dx.dataSync<'float32'>().reduce((sum, g, j) => sum + g * (v[j] ?? 0), 0);
    dispose(x, y, dy, dx);
    sums.difference += (numeric - analytic) ** 2;
    sums.forward += numeric ** 2;
    sums.backward += analytic ** 2;
  }
  const scale = Math.max(sums.forward, sums.backward);
  return scale === 0 ? 0 : Math.sqrt(sums.difference / scale);
}
