/** What the rules of ops are written with: types, refusals, names of gradients, values by kind. */
import { shapes } from '../../diagnostics/catalog/shapes.ts';
import type { DiagnosticKind } from '../../diagnostics/diagnostic.ts';
import { symbolsOf } from '../dims.ts';
import type { Dim, Ref, Shape, ValueType } from '../graph.ts';
import { map, type NdArray } from '../nd.ts';
import type { Emit, Evaluated, Fault, HostValue } from '../op.ts';

export const float = (...shape: Shape): ValueType => ({ dtype: 'float32', shape });
export const host: ValueType = { dtype: 'host', shape: [] };

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);
export const isKnown = (dim: Dim | undefined): dim is number => typeof dim === 'number';
export const allKnown = (shape: Shape): shape is readonly number[] => shape.every(isKnown);
export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

/** A refusal; the checker adds the places. */
export const refuse = <Facts>(kind: DiagnosticKind<Facts, 'producer'>, facts: Facts): Fault => ({
  fault: (at, producer) => kind.at(at, facts, { places: { producer } }),
});

/** Operands that do not belong together. Graphs that lowering makes never have them; graphs read from text may. */
export const unfit = (op: string, expected: string, input: ValueType): Fault =>
  refuse(shapes.operandMismatch, { op, expected, input: input.shape });

/** The first refusal among several conditions, or null: `firstOf([a !== b, () => unfit(…)], …)`. */
export const firstOf = (...checks: readonly (readonly [boolean, () => Fault])[]): Fault | null =>
  checks.find(([wrong]) => wrong)?.[1]() ?? null;

/** Layers compute with float32 only. */
export const notFloat = (op: string, x: ValueType): Fault =>
  refuse(shapes.rankMismatch, { op, expected: 'float32', input: x.shape, dtype: x.dtype });

/** Parts of an image [N, H, W, C]; the channels must be known, height and width may have names. */
export interface Image {
  readonly n: Dim;
  readonly height: Dim;
  readonly width: Dim;
  readonly channels: number;
}

export function image(op: string, x: ValueType): Image | Fault {
  const [n, height, width, channels] = x.shape;
  if (x.dtype !== 'float32') return notFloat(op, x);
  if (
    x.shape.length !== 4 ||
    n === undefined ||
    height === undefined ||
    width === undefined ||
    channels === undefined
  ) {
    return refuse(shapes.rankMismatch, { op, expected: 'an image [N, height, width, channels]', input: x.shape });
  }
  return isKnown(channels) ? { n, height, width, channels } : unknownSize(op, 'channels', channels, x);
}

/** How the gradient of an image x gets its height and width: as numbers, or from x where one of them has a name. */
export function sizedAs(
  build: Emit,
  x: Ref,
): {
  readonly attrs: { readonly height: number | null; readonly width: number | null };
  readonly like: readonly Ref[];
} {
  const [, height, width] = build.typeOf(x).shape;
  return isKnown(height) && isKnown(width)
    ? { attrs: { height, width }, like: [] }
    : { attrs: { height: null, width: null }, like: [x] };
}

/** The type of such a gradient: [N, height, width, channels]. */
export function imageOf(
  op: string,
  dy: ValueType,
  like: ValueType | null,
  { height, width }: { readonly height: number | null; readonly width: number | null },
  channels: number,
): ValueType | Fault {
  if (like !== null) {
    const fits = height === null && width === null && like.shape.length === 4 && like.shape[3] === channels;
    return fits
      ? float(...like.shape)
      : unfit(op, `a value [N, height, width, ${channels}] alone to tell the size`, like);
  }
  if (height === null || width === null) return unfit(op, 'a height and a width, or a value of that size', dy);
  return float(dy.shape[0] ?? 'N', height, width, channels);
}

/** Its height and width while it is evaluated. */
export function sizeAt(
  like: Evaluated | null,
  { height, width }: { readonly height: number | null; readonly width: number | null },
): { readonly height: number; readonly width: number } {
  const [, rows = 0, columns = 0] = like === null ? [] : array(like).shape;
  return { height: height ?? rows, width: width ?? columns };
}

/** `what`: of what the number is needed, such as `channels`. */
export const unknownSize = (op: string, what: string, size: Dim, x: ValueType): Fault =>
  refuse(shapes.unknownSize, { op, what, size: String(size), symbols: symbolsOf(size), input: x.shape });

/** Name of a gradient: `d.conv1.kernel` for that of @conv1.kernel, `d.conv1` for that of %conv1. */
export const d = (ref: Ref): string => `d.${ref.slice(1)}`;

export const isArray = (value: Evaluated): value is NdArray => typeof value === 'object' && 'data' in value;

/** The arrays of an op whose operands are all tensors. */
export function array(value: Evaluated): NdArray {
  if (!isArray(value)) throw new TypeError('a tensor was expected, found a host value');
  return value;
}

export const arrayOrNull = (value: Evaluated | null): NdArray | null => (value === null ? null : array(value));

/** What an update takes for its gradient: scale·gradient, or the gradient. */
export const scaled = (gradient: NdArray, scale: NdArray | null): NdArray =>
  scale === null ? gradient : map(gradient, (g) => g * (scale.data[0] ?? Number.NaN));

export function hostNumber(value: Evaluated): number {
  if (typeof value !== 'number') throw new TypeError('a number of the host was expected');
  return value;
}

export function hostRandom(value: Evaluated): Exclude<HostValue, number> {
  if (typeof value === 'number' || isArray(value)) throw new TypeError('the random key of a step was expected');
  return value;
}

/** dy, or null when it is the constant one: kernels take that as the default. */
export const unlessOne = (dy: Ref, isOne: boolean): Ref | null => (isOne ? null : dy);
