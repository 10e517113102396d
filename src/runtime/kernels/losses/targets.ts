/** What labels become before they are compared with numbers, and what each sample counts. */
import { OneHot, type Rank, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { addBy, cast, concatenated, matrixProduct, mulBy, reshaped, run, scoped, tensor } from '../run.ts';

/** int32 [N] → float32 [N, classes]: 1 at the label, 0 elsewhere; with `classes: 1` the label itself. */
export const oneHot = (label: Tensor1D, { classes }: { readonly classes: number }): Tensor2D =>
  scoped(() =>
    classes === 1
      ? cast(reshaped<Rank.R2>(label, [-1, 1]), 'float32')
      : // On wasm, OneHot writes integers whatever the dtype says.
        cast(
          run<Rank.R2>(OneHot, { indices: label }, { dtype: 'int32', depth: classes, onValue: 1, offValue: 0 }),
          'float32',
        ),
  );

/** What each sample counts by its class, [N]: of labels int32 [N], or the mean under shares [N, C]. */
export const classWeights = (
  target: Tensor1D | Tensor2D,
  { weights }: { readonly weights: readonly number[] },
): Tensor1D =>
  scoped(() => {
    const classes = weights.length;
    const given = target.dtype === 'int32' ? oneHot(target as Tensor1D, { classes }) : (target as Tensor2D);
    // Of two classes, a single column is the share of the second.
    const shares = given.shape[1] === classes ? given : concatenated([addBy(mulBy(given, -1), 1), given], 1);
    return reshaped<Rank.R1>(matrixProduct(shares, tensor<Rank.R2>(Float32Array.from(weights), [classes, 1])), [-1]);
  });
