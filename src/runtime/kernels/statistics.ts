/**
 * Statistics that prediction normalizes by: they move towards those of each batch, or become their mean over batches. A
 * value of slices [S, C] counts by its mean. `of` is what was normalized, where the value is a variance whose unbiased
 * form counts: M/(M − 1) times the biased one, M values each.
 */
import type { Rank, Tensor, Variable } from '@tensorflow/tfjs-core';
import { channelSum } from './channels.ts';
import { add, mulBy, scoped } from './run.ts';

interface Of {
  readonly of?: Tensor;
}

/** moving ← momentum·moving + (1 − momentum)·value */
export function updateMoving(
  moving: Variable<Rank.R1>,
  value: Tensor,
  { momentum, of }: Of & { readonly momentum: number },
): void {
  scoped(() => {
    moving.assign(add(mulBy(moving, momentum), mulBy(whole(value), (1 - momentum) * factorOf(value, of))));
  });
}

/**
 * moving ← moving + (value − moving)/t: the mean over batches 1 to `batches`. A statistic that is measured `uses` times
 * a batch counts each.
 */
export function updatePopulation(
  moving: Variable<Rank.R1>,
  value: Tensor,
  batches: number,
  { use = 1, uses = 1, of }: Of & { readonly use?: number; readonly uses?: number } = {},
): void {
  updateMoving(moving, value, { momentum: 1 - 1 / ((batches - 1) * uses + use), ...(of === undefined ? {} : { of }) });
}

/** [C], of slices their sum. */
const whole = (value: Tensor): Tensor => (value.rank === 1 ? value : channelSum(value));

/** What a whole value is multiplied by: of slices the mean, of a variance the unbiased one. */
function factorOf(value: Tensor, of: Tensor | undefined): number {
  const slices = value.rank === 1 ? 1 : (value.shape[0] ?? 1);
  const count = of === undefined ? 0 : of.size / value.size;
  return (count > 1 ? count / (count - 1) : 1) / slices;
}
