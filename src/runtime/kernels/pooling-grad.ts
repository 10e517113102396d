/** Gradients of pooling. */
import {
  AvgPoolGrad,
  Equal,
  MaxPool,
  MaxPoolGrad,
  type Rank,
  Relu,
  Step,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import type { Pair } from '../types.ts';
import { type Extent, type ImageSize, sizeOf } from './geometry.ts';
import { attributes, type PoolOptions, placed, shares } from './pooling.ts';
import {
  add,
  addBy,
  backendName,
  cast,
  filled,
  mul,
  padded,
  part,
  reshaped,
  run,
  scoped,
  sub,
  tensor,
  unary,
} from './run.ts';

/**
 * dy, x, y of a maxPool → dx [N, H, W, C]: dy goes to the first maximum of its window, in row-major order, as in
 * TensorFlow.
 */
export function maxPoolGrad(dy: Tensor4D, x: Tensor4D, y: Tensor4D, options: PoolOptions): Tensor4D {
  const { padding = 'same' } = options;
  const [rows, columns] = placed(x.shape[1], x.shape[2], options);
  // MaxPoolGrad of tfjs 4.22's wasm backend is wrong where windows overlap, leave gaps or hold ties, and slow: 30 ms
  // for dx [64, 28, 28, 32] by 2×2, this 7. TensorFlow's takes 8 ms for that, this 4.
  const backend = backendName();
  if (backend === 'wasm' || (backend === 'tensorflow' && sideBySide(rows, columns)))
    return scoped(() => maxPoolGradByTiles(dy, x, y, rows, columns, backend === 'wasm' ? bySteps : byEquality));
  if (typeof padding === 'string') return run(MaxPoolGrad, { dy, input: x, output: y }, attributes(options, padding));
  return scoped(() => {
    const input = padded(x, ...padding, Number.NEGATIVE_INFINITY);
    const dx = run<Rank.R4>(MaxPoolGrad, { dy, input, output: y }, attributes(options, 'valid'));
    return padded(dx, negated(padding[0]), negated(padding[1]));
  });
}

const negated = ([before, after]: Pair): Pair => [-before, -after];

const sideBySide = (rows: Extent, columns: Extent): boolean =>
  rows.stride === rows.taps && columns.stride === columns.taps;

/**
 * By broadcasting within tiles of stride × stride pixels, of which a window covers one, or several when windows
 * overlap. Every element of a window gets a rank by which the first maximum is the one that has the window's greatest.
 */
function maxPoolGradByTiles(
  dy: Tensor4D,
  x: Tensor4D,
  y: Tensor4D,
  rows: Extent,
  columns: Extent,
  { rank, isGreatest }: Comparison,
): Tensor4D {
  const { each, one, image } = tiled(y, rows, columns);
  const [down, across] = [tilesOf(rows), tilesOf(columns)];
  const covered = padded(x, reaching(rows), reaching(columns), Number.NEGATIVE_INFINITY);
  const maximum = reshaped<Rank.R5>(y, one);
  const tiles = down.flatMap((top) =>
    across.map((left) => {
      const values = down.length * across.length === 1 ? covered : part(covered, [0, top, left, 0], image);
      const order = falling(rows, columns, top, left);
      return { top, left, ranks: rank(reshaped(values, each), maximum, order, rows.taps * columns.taps) };
    }),
  );
  const greatest = tiles
    .map(({ ranks }) => greatestOfTile(reshaped(ranks, image), rows.stride, columns.stride))
    .reduce(larger);
  const gradient = reshaped(dy, one);
  const parts = tiles.map(({ top, left, ranks }) => {
    const dx = reshaped<Rank.R4>(mul(isGreatest(ranks, reshaped<Rank.R5>(greatest, one)), gradient), image);
    // From where the tiles lie to where the image does.
    return padded(dx, placing(rows, top), placing(columns, left));
  });
  return parts.reduce((sum, dx) => add(sum, dx));
}

/** How elements are compared with what is one for a window; the second operands are broadcast. */
interface Comparison {
  /** Of values, none above its window's maximum; `order` falls from `taps` to 1 over the window and is 0 beyond it. */
  readonly rank: (values: Tensor5D, maximum: Tensor5D, order: Tensor5D, taps: number) => Tensor5D;
  /** 1 or 0. */
  readonly isGreatest: (ranks: Tensor5D, greatest: Tensor5D) => Tensor5D;
}

const byEquality: Comparison = {
  rank: (values, maximum, order) => mul(same(values, maximum), order),
  isGreatest: (ranks, greatest) => same(ranks, greatest),
};

const same = (a: Tensor5D, b: Tensor5D): Tensor5D => cast(run<Rank.R5>(Equal, { a, b }), 'float32');

/**
 * Comparisons are slow on wasm, steps are fast: a maximum ranks taps + 1 times its order, more than any other's mere
 * order.
 */
const bySteps: Comparison = {
  rank: (values, maximum, order, taps) =>
    mul(run<Rank.R5>(Step, { x: sub(maximum, values) }, { alpha: taps + 1 }), order),
  isGreatest: (ranks, greatest) => run(Step, { x: sub(ranks, addBy(greatest, -0.5)) }, { alpha: 0 }),
};

/** Where the tiles of a window begin along one axis, from the window's own beginning. */
const tilesOf = ({ taps, stride }: Extent): readonly number[] =>
  Array.from({ length: Math.ceil(taps / stride) }, (_, i) => i * stride);

/** Padding with which an image is what all tiles cover. */
const reaching = (e: Extent): Pair => [e.before, (tilesOf(e).length - 1 + e.out) * e.stride - e.size - e.before];

const placing = ({ size, out, stride, before }: Extent, start: number): Pair => [
  start - before,
  size + before - start - out * stride,
];

/** The falling numbers of the window's elements that lie in a tile; 0 where the tile is beyond the window. */
const falling = (rows: Extent, columns: Extent, top: number, left: number): Tensor<Rank.R5> => {
  const numbers = Float32Array.from({ length: rows.stride * columns.stride }, (_, i) => {
    const [k, l] = [top + Math.floor(i / columns.stride), left + (i % columns.stride)];
    return k < rows.taps && l < columns.taps ? (rows.taps - k) * columns.taps - l : 0;
  });
  return tensor(numbers, [1, rows.stride, 1, columns.stride, 1]);
};

const greatestOfTile = (ranks: Tensor4D, height: number, width: number): Tensor4D =>
  height * width === 1
    ? ranks
    : run(MaxPool, { x: ranks }, { filterSize: [height, width], strides: [height, width], pad: 'valid' });

/** max(a, b), exact for these small integers; Maximum itself is slow on wasm. */
const larger = (a: Tensor4D, b: Tensor4D): Tensor4D => add(a, unary(Relu, sub(b, a)));

/** Shapes in which a tile is two axes of its own: [N·H′, sh, W′, sw, C], and the same with one value a tile. */
function tiled({ shape: [n, h, w, c] }: Tensor4D, rows: Extent, columns: Extent) {
  return {
    each: [n * h, rows.stride, w, columns.stride, c],
    one: [n * h, 1, w, 1, c],
    image: [n, h * rows.stride, w * columns.stride, c],
  };
}

/** dy [N, H′, W′, C] of an avgPool → dx [N, height, width, C]: each pixel of a window gets an equal share. */
export function avgPoolGrad(dy: Tensor4D, options: PoolOptions & ImageSize): Tensor4D {
  const { size } = options;
  const { height, width } = sizeOf(options);
  const [rows, columns] = placed(height, width, options);
  return scoped(() => {
    const pads = [rows.before, rows.after, columns.before, columns.after].some((p) => p > 0);
    const weighted = pads ? mul(dy, shares(rows, columns)) : dy;
    if (sideBySide(rows, columns)) {
      const { one, image } = tiled(dy, rows, columns);
      const share = filled([1, rows.stride, 1, columns.stride, 1], 1 / (size[0] * size[1]));
      const dx = reshaped<Rank.R4>(mul(reshaped(weighted, one), share), image);
      return padded(dx, placing(rows, 0), placing(columns, 0));
    }
    // tfjs's kernels divide by the whole window, also at the border; tfjs-node's takes no explicit padding. They read
    // the input's shape only.
    const covered = [height + rows.before + rows.after, width + columns.before + columns.after];
    const input = filled<Rank.R4>([dy.shape[0], covered[0] ?? 0, covered[1] ?? 0, dy.shape[3]], 0);
    const dx = run<Rank.R4>(AvgPoolGrad, { dy: weighted, input }, attributes(options, 'valid'));
    return padded(dx, [-rows.before, -rows.after], [-columns.before, -columns.after]);
  });
}
