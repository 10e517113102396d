/** Gradients of pooling. */
import {
  AvgPoolGrad,
  MaxPool,
  MaxPoolGrad,
  type Rank,
  Relu,
  Step,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Pair } from '../types.ts';
import type { Extent } from './geometry.ts';
import { attributes, type PoolOptions, placed, shares } from './pooling.ts';
import {
  add,
  addBy,
  backendName,
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
  // for dx [64, 28, 28, 32] by 2×2, this 7.
  if (backendName() === 'wasm') return scoped(() => maxPoolGradByTiles(dy, x, y, rows, columns));
  if (typeof padding === 'string') return run(MaxPoolGrad, { dy, input: x, output: y }, attributes(options, padding));
  return scoped(() => {
    const input = padded(x, ...padding, Number.NEGATIVE_INFINITY);
    const dx = run<Rank.R4>(MaxPoolGrad, { dy, input, output: y }, attributes(options, 'valid'));
    return padded(dx, negated(padding[0]), negated(padding[1]));
  });
}

const negated = ([before, after]: Pair): Pair => [-before, -after];

/**
 * By broadcasting within tiles of stride × stride pixels, of which a window covers one, or several when windows
 * overlap. Every element of a window gets a rank: a maximum `most` + 1 times one that falls from the first to the last
 * element, any other just the latter; so the first maximum is the one element whose rank is the window's greatest.
 */
function maxPoolGradByTiles(dy: Tensor4D, x: Tensor4D, y: Tensor4D, rows: Extent, columns: Extent): Tensor4D {
  const { each, one, image } = tiled(y, rows, columns);
  const [down, across] = [tilesOf(rows), tilesOf(columns)];
  const most = rows.taps * columns.taps;
  const covered = padded(x, reaching(rows), reaching(columns), Number.NEGATIVE_INFINITY);
  const maximum = reshaped(y, one);
  const tiles = down.flatMap((top) =>
    across.map((left) => {
      const values = part(covered, [0, top, left, 0], image);
      const below = sub(maximum, reshaped(values, each));
      return {
        top,
        left,
        ranks: mul(run<Rank.R5>(Step, { x: below }, { alpha: most + 1 }), falling(rows, columns, top, left)),
      };
    }),
  );
  const greatest = tiles
    .map(({ ranks }) => greatestOfTile(reshaped(ranks, image), rows.stride, columns.stride))
    .reduce(larger);
  const bar = reshaped<Rank.R5>(addBy(greatest, -0.5), one);
  const gradient = reshaped(dy, one);
  const parts = tiles.map(({ top, left, ranks }) => {
    const first = run<Rank.R5>(Step, { x: sub(ranks, bar) }, { alpha: 0 });
    const dx = reshaped<Rank.R4>(mul(first, gradient), image);
    // From where the tiles lie to where the image does.
    return padded(dx, placing(rows, top), placing(columns, left));
  });
  return parts.reduce((sum, dx) => add(sum, dx));
}

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
export function avgPoolGrad(
  dy: Tensor4D,
  options: PoolOptions & { readonly height: number; readonly width: number },
): Tensor4D {
  const { height, width, size } = options;
  const [rows, columns] = placed(height, width, options);
  return scoped(() => {
    const pads = [rows.before, rows.after, columns.before, columns.after].some((p) => p > 0);
    const weighted = pads ? mul(dy, shares(rows, columns)) : dy;
    if (rows.stride === rows.taps && columns.stride === columns.taps) {
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
