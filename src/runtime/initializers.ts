/**
 * How weights begin. Random ones are a function of the seed, the weight's name and the element, the same on every
 * backend.
 *
 * fanIn and fanOut count the inputs and outputs of one unit: kh·kw·C and kh·kw·F for a convolution.
 */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { filled, tensor } from './kernels/run.ts';
import { normals, randomKey, uniforms } from './random.ts';
import type { RankOf } from './types.ts';

interface Stream {
  /** Of the run. */
  readonly seed: number;
  /** Name of the weight: `conv1.kernel`. */
  readonly stream: string;
}

interface FanIn extends Stream {
  readonly fanIn: number;
}

interface Fans extends FanIn {
  readonly fanOut: number;
}

type Shape = readonly number[];
type Shaped<S extends Shape> = Tensor<RankOf<S>>;

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** N(0, sigma²), not truncated. */
function fromNormal<S extends Shape>(shape: S, { seed, stream }: Stream, sigma: number): Shaped<S> {
  const values = normals(randomKey(seed, stream, 'initial'), sizeOf(shape));
  return tensor<RankOf<S>>(
    values.map((z) => z * sigma),
    shape,
  );
}

/** U(−limit, limit) */
function fromUniform<S extends Shape>(shape: S, { seed, stream }: Stream, limit: number): Shaped<S> {
  const values = uniforms(randomKey(seed, stream, 'initial'), sizeOf(shape));
  return tensor<RankOf<S>>(
    values.map((u) => (2 * u - 1) * limit),
    shape,
  );
}

/** U(−a, a), a = √(6/(fanIn + fanOut)). Source  Glorot & Bengio 2010. */
export const glorotUniform = <const S extends Shape>(shape: S, options: Fans): Shaped<S> =>
  fromUniform(shape, options, Math.sqrt(6 / (options.fanIn + options.fanOut)));

/** N(0, 2/(fanIn + fanOut)). Source  Glorot & Bengio 2010. */
export const glorotNormal = <const S extends Shape>(shape: S, options: Fans): Shaped<S> =>
  fromNormal(shape, options, Math.sqrt(2 / (options.fanIn + options.fanOut)));

/** N(0, 2/fanIn), for ReLU. Source  He, Zhang, Ren & Sun 2015. */
export const kaimingNormal = <const S extends Shape>(shape: S, options: FanIn): Shaped<S> =>
  fromNormal(shape, options, Math.sqrt(2 / options.fanIn));

/** N(0, 1/fanIn). Source  LeCun, Bottou, Orr & Müller 1998. */
export const lecunNormal = <const S extends Shape>(shape: S, options: FanIn): Shaped<S> =>
  fromNormal(shape, options, Math.sqrt(1 / options.fanIn));

/** N(0, sigma²) */
export const normal = <const S extends Shape>(shape: S, options: Stream & { readonly sigma: number }): Shaped<S> =>
  fromNormal(shape, options, options.sigma);

/** U(−limit, limit) */
export const uniform = <const S extends Shape>(shape: S, options: Stream & { readonly limit: number }): Shaped<S> =>
  fromUniform(shape, options, options.limit);

/** All 0. As a node of a program: `zeros({ shape: [6] })`. */
export function zeros<const S extends Shape>(shape: S | { readonly shape: S }): Shaped<S> {
  return filled<RankOf<S>>(isShape(shape) ? shape : shape.shape, 0);
}

/** All 1. */
export const ones = <const S extends Shape>(shape: S): Shaped<S> => filled<RankOf<S>>(shape, 1);

/** All `value`. As a node of a program a scalar: `constant({ value: 0.5 })`. */
export function constant<const S extends Shape>(shape: S, options: { readonly value: number }): Shaped<S>;
export function constant(scalar: { readonly value: number }): Tensor<Rank.R0>;
export function constant(shape: Shape | { readonly value: number }, options?: { readonly value: number }): Tensor {
  return isShape(shape) ? filled(shape, options?.value ?? 0) : filled([], shape.value);
}

const isShape = <S extends Shape>(shape: S | object): shape is S => Array.isArray(shape);
