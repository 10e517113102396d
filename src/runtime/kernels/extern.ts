/**
 * Layers of a user's own. What their modules export is run here and held to what the spec declares of it. Everything made within is
 * freed except the result; what comes back is always a tensor of its own, so that emitted code may free it when it is done with it.
 */
import { engine, type Rank, Tensor } from '@tensorflow/tfjs-core';
import { failure, runtimeErrors } from '../errors.ts';
import { snapshot } from '../tensors.ts';
import type { RankOf } from '../types.ts';

/**
 * What the module of an `extern layer` exports: two pure functions of what they are given. They may make any number of tensors, keep
 * none, and dispose of nothing that they were given. `args` are the plain parameters by name.
 */
export interface ExternLayer<Args extends object = object> {
  /** The layer's value, float32, of the shape that the spec declares. */
  forward(x: Tensor, args: Args): Tensor;
  /** The gradient of the loss by x, of the shape of x, from its gradient by y = forward(x, args). */
  backward(dy: Tensor, x: Tensor, y: Tensor, args: Args): Tensor;
}

/** Sizes without the batch; those that only the data know are names. */
type Sizes = readonly (number | string)[];

interface Call<Args> {
  /** Path of the layer, for messages. */
  readonly layer: string;
  readonly args: Args;
}

/** y = forward(x, args); of x's shape, or [N, ...shape]. */
export function extern<Args extends object, const S extends Sizes>(
  module: ExternLayer<Args>,
  x: Tensor,
  options: Call<NoInfer<Args>> & { readonly shape: S },
): Tensor<RankOf<readonly [number, ...S]>>;
export function extern<Args extends object, R extends Rank>(
  module: ExternLayer<Args>,
  x: Tensor<R>,
  options: Call<NoInfer<Args>>,
): Tensor<R>;
export function extern<Args extends object>(
  module: ExternLayer<Args>,
  x: Tensor,
  { layer, args, shape }: Call<Args> & { readonly shape?: Sizes },
): Tensor {
  const expected = shape === undefined ? x.shape : [x.shape[0] ?? 1, ...shape];
  return held(layer, 'forward', expected, [x], () => module.forward(x, args));
}

/** dx = backward(dy, x, y, args) */
export function externGrad<Args extends object, R extends Rank>(
  module: ExternLayer<Args>,
  dy: Tensor,
  x: Tensor<R>,
  y: Tensor,
  { layer, args }: Call<NoInfer<Args>>,
): Tensor<R> {
  // Its shape is that of x, which is checked.
  return held(layer, 'backward', x.shape, [dy, x, y], () => module.backward(dy, x, y, args)) as Tensor<R>;
}

type Name = 'forward' | 'backward';

/** The result, once it is known to be what was declared. */
export function held(layer: string, name: Name, expected: Sizes, given: readonly Tensor[], f: () => unknown): Tensor {
  const made = attempt(layer, name, f);
  const found = given.some((t) => t.isDisposed)
    ? 'has disposed of a tensor that it was given'
    : faultOf(made, expected);
  if (found === null && made instanceof Tensor) return given.includes(made) ? snapshot(made) : made;
  if (made instanceof Tensor && !made.isDisposed && !given.includes(made)) made.dispose();
  throw failure(runtimeErrors.externResult, {
    layer,
    name,
    found: found ?? '',
    expected: `float32[${expected.join(', ')}]`,
  });
}

/** Why a result cannot be used; null when it can. */
function faultOf(made: unknown, expected: Sizes): string | null {
  if (!(made instanceof Tensor))
    return `returned ${made instanceof Promise ? 'a Promise' : made === undefined ? 'nothing' : 'something that is no tensor'}`;
  if (made.isDisposed) return 'returned a tensor that is disposed of';
  const shape: readonly number[] = made.shape;
  const fits =
    shape.length === expected.length && expected.every((size, i) => typeof size === 'string' || size === shape[i]);
  return fits && made.dtype === 'float32' ? null : `returned ${made.dtype}[${shape.join(', ')}]`;
}

/** What a module returns is checked by the types of whoever compiles it; if it is JavaScript, by nobody. */
function attempt(layer: string, name: Name, f: () => unknown): unknown {
  let made: unknown;
  engine().startScope();
  try {
    made = f();
    return made;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failure(runtimeErrors.externFailed, { layer, name, why, at: placeOf(error) });
  } finally {
    engine().endScope(made instanceof Tensor ? made : undefined);
  }
}

/** Where it was thrown, as far as the stack tells: a module of the user's, not tfjs. */
function placeOf(error: unknown): string | null {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const line = lines.find((l) => /:\d+:\d+\)?$/.test(l) && !l.includes('node_modules'));
  return /(?:file:\/\/)?([^\s(]+:\d+:\d+)\)?$/.exec(line ?? '')?.[1] ?? null;
}
