/** Gradients of pooling. */
import { AvgPoolGrad, MaxPool, MaxPoolGrad, type Rank, Step, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Pair } from '../types.ts';
import type { Extent } from './geometry.ts';
import { attributes, type PoolOptions, placed, shares } from './pooling.ts';
import { addBy, backendName, filled, mul, padded, reshaped, run, scoped, sub, tensor } from './run.ts';

/** dy, x, y of a maxPool → dx [N, H, W, C]: dy goes to the first maximum of its window, in row-major order, as in TensorFlow. */
export function maxPoolGrad(dy: Tensor4D, x: Tensor4D, y: Tensor4D, options: PoolOptions): Tensor4D {
  const { padding = 'same' } = options;
  const [rows, columns] = placed(x.shape[1], x.shape[2], options);
  // MaxPoolGrad of the wasm backend is a plain loop, 30 ms where this composition takes 6 (dx [64, 28, 28, 32], 2×2; in one process).
  if (backendName() === 'wasm' && tiles(rows, columns)) return scoped(() => tiledMaxPoolGrad(dy, x, y, rows, columns));
  if (typeof padding === 'string') return run(MaxPoolGrad, { dy, input: x, output: y }, attributes(options, padding));
  return scoped(() => {
    const input = padded(x, ...padding, Number.NEGATIVE_INFINITY);
    const dx = run<Rank.R4>(MaxPoolGrad, { dy, input, output: y }, attributes(options, 'valid'));
    return padded(dx, negated(padding[0]), negated(padding[1]));
  });
}

const negated = ([before, after]: Pair): Pair => [-before, -after];

/** Windows lie side by side. */
const tiles = (rows: Extent, columns: Extent): boolean => rows.stride === rows.taps && columns.stride === columns.taps;

/** An image cut and padded to what the windows of one axis cover. */
const covering = ({ size, out, taps, before }: Extent): Pair => [before, out * taps - size - before];

/** Shapes in which a window is two axes of its own: [N·H′, kh, W′, kw, C], and the same with one value a window. */
function windowed({ shape: [n, h, w, c] }: Tensor4D, rows: Extent, columns: Extent) {
  return {
    each: [n * h, rows.taps, w, columns.taps, c],
    one: [n * h, 1, w, 1, c],
    image: [n, h * rows.taps, w * columns.taps, c],
  };
}

/**
 * By broadcasting within each window. Every element gets a rank: a maximum `most` times one that falls from first to last element,
 * any other just the latter; so the first maximum is the one element whose rank is the window's greatest.
 */
function tiledMaxPoolGrad(dy: Tensor4D, x: Tensor4D, y: Tensor4D, rows: Extent, columns: Extent): Tensor4D {
  const { each, one, image } = windowed(y, rows, columns);
  const covered = padded(x, covering(rows), covering(columns), Number.NEGATIVE_INFINITY);
  const most = rows.taps * columns.taps;
  const falling = tensor(
    Float32Array.from({ length: most }, (_, i) => most - i),
    [1, rows.taps, 1, columns.taps, 1],
  );
  const below = sub<Rank.R5>(reshaped(y, one), reshaped(covered, each));
  const ranks = mul(run<Rank.R5>(Step, { x: below }, { alpha: most + 1 }), falling);
  const greatest = run<Rank.R4>(
    MaxPool,
    { x: reshaped(ranks, image) },
    { filterSize: [rows.taps, columns.taps], strides: [rows.taps, columns.taps], pad: 'valid' },
  );
  const first = run<Rank.R5>(Step, { x: sub(ranks, reshaped(addBy(greatest, -0.5), one)) }, { alpha: 0 });
  const dx = reshaped<Rank.R4>(mul(first, reshaped(dy, one)), image);
  return padded(dx, negated(covering(rows)), negated(covering(columns)));
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
    if (tiles(rows, columns)) {
      const { one, image } = windowed(dy, rows, columns);
      const share = filled([1, rows.taps, 1, columns.taps, 1], 1 / (size[0] * size[1]));
      const dx = reshaped<Rank.R4>(mul(reshaped(weighted, one), share), image);
      return padded(dx, negated(covering(rows)), negated(covering(columns)));
    }
    // tfjs's kernels divide by the whole window, also at the border; tfjs-node's takes no explicit padding. They read the input's shape only.
    const covered = [height + rows.before + rows.after, width + columns.before + columns.after];
    const input = filled<Rank.R4>([dy.shape[0], covered[0] ?? 0, covered[1] ?? 0, dy.shape[3]], 0);
    const dx = run<Rank.R4>(AvgPoolGrad, { dy: weighted, input }, attributes(options, 'valid'));
    return padded(dx, [-rows.before, -rows.after], [-columns.before, -columns.after]);
  });
}
