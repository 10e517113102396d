/**
 * How weights begin. Random ones are a function of the seed, the weight's name and the element, the same on every
 * backend.
 *
 * fanIn and fanOut count the inputs and outputs of one unit: kh·kw·C and kh·kw·F for a convolution.
 */
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { filled, tensor } from './kernels/run.ts';
import { normalQuantile } from './normal-quantile.ts';
import { normals, randomKey, uniforms } from './random.ts';
import type { RankOf } from './types.ts';

interface Stream {
  /** Of the run. */
  readonly seed: number;
  /** Name of the weight: `conv1.kernel`. */
  readonly stream: string;
}

interface Fan extends Stream {
  /** Inputs of a unit, or its outputs where a spec asks for that. */
  readonly fan: number;
}

interface Fans extends Stream {
  readonly fanIn: number;
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

/** N(0, 2/fan), for ReLU. Source  He, Zhang, Ren & Sun 2015. */
export const kaimingNormal = <const S extends Shape>(shape: S, options: Fan): Shaped<S> =>
  fromNormal(shape, options, Math.sqrt(2 / options.fan));

/** U(−a, a), a = √(6/fan): of the same variance. */
export const kaimingUniform = <const S extends Shape>(shape: S, options: Fan): Shaped<S> =>
  fromUniform(shape, options, Math.sqrt(6 / options.fan));

/** N(0, 1/fan). Source  LeCun, Bottou, Orr & Müller 1998. */
export const lecunNormal = <const S extends Shape>(shape: S, options: Fan): Shaped<S> =>
  fromNormal(shape, options, Math.sqrt(1 / options.fan));

/** U(−a, a), a = √(3/fan): of the same variance. */
export const lecunUniform = <const S extends Shape>(shape: S, options: Fan): Shaped<S> =>
  fromUniform(shape, options, Math.sqrt(3 / options.fan));

/** N(0, sigma²) without what is farther from 0 than 2·sigma: each element by the inverse of its distribution. */
export function truncatedNormal<const S extends Shape>(
  shape: S,
  { seed, stream, sigma }: Stream & { readonly sigma: number },
): Shaped<S> {
  const values = uniforms(randomKey(seed, stream, 'initial'), sizeOf(shape));
  return tensor<RankOf<S>>(
    values.map((u) => sigma * normalQuantile(tail + u * (1 - 2 * tail))),
    shape,
  );
}

/** Share of a normal distribution below −2 standard deviations. */
const tail = 0.022750131948179195;

/**
 * gain times a matrix with orthonormal columns, or rows where those are fewer: the Q of A = QR, where A [all axes but the last, last]
 * is of normal numbers and R has a positive diagonal. Source  Saxe, McClelland & Ganguli 2014; as Keras and PyTorch.
 */
export function orthogonal<const S extends Shape>(
  shape: S,
  { seed, stream, gain }: Stream & { readonly gain: number },
): Shaped<S> {
  const columns = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / columns;
  const wide = columns > rows;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  const vectors = orthonormal(
    Float64Array.from(normals(randomKey(seed, stream, 'initial'), count * length)),
    count,
    length,
  );
  const at = (row: number, column: number): number =>
    (wide ? vectors[row * length + column] : vectors[column * length + row]) ?? 0;
  return tensor<RankOf<S>>(
    Float32Array.from({ length: rows * columns }, (_, i) => gain * at(Math.floor(i / columns), i % columns)),
    shape,
  );
}

/** `count` vectors one behind the other, each freed of those before it and brought to length 1. Twice, which makes it exact. */
function orthonormal(vectors: Float64Array, count: number, length: number): Float64Array {
  const of = (i: number): Float64Array => vectors.subarray(i * length, (i + 1) * length);
  const product = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
    return sum;
  };
  for (let i = 0; i < count; i++) {
    const v = of(i);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const u = of(j);
        const along = product(u, v);
        for (let k = 0; k < length; k++) v[k] = (v[k] ?? 0) - along * (u[k] ?? 0);
      }
    }
    const norm = Math.sqrt(product(v, v));
    for (let k = 0; k < length; k++) v[k] = (v[k] ?? 0) / norm;
  }
  return vectors;
}

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
