/**
 * Which values of x [N, …, C] share a mean and a variance. Every norm of the family is a point of this table:
 *
 *   over       groups       statistics      M values each      norm
 *   batch      each channel [C]             N·H·W              batch
 *   batch      each channel [N/slice, C]    slice·H·W          ghost_batch, with `slice`
 *   sample     each channel [N, C]          H·W                instance, frn
 *   sample     groups       [N, groups]     H·W·C/groups       group; layer has one group
 *   position   one          [N, H, W, 1]    C                  layer(axes: channel), rms
 *
 * H·W stands for all axes between the first and the last. Not centred, the mean is not subtracted, and the variance is the mean square.
 */

import { shapes } from '../../../diagnostics/catalog/shapes.ts';
import { aBoolean, aNumber, aSize, oneOf } from '../../attributes.ts';
import { floorOf, quotient, times } from '../../dims.ts';
import type { Dim, Shape, ValueType } from '../../graph.ts';
import type { AttrsOf, Fault } from '../../op.ts';
import { float, isKnown, notFloat, refuse, sameShape, unfit, unknownSize } from '../rules.ts';

/** What the ops of the family have in common. */
export const groupingAttrs = {
  over: oneOf(['batch', 'sample', 'position'], 'batch'),
  /** Samples whose statistics are taken together; null: the whole batch. */
  slice: aSize(),
  /** Groups of channels; null: each channel by itself. */
  groups: aSize(),
  centred: aBoolean(true),
  epsilon: aNumber(),
};

export type Grouping = Omit<AttrsOf<typeof groupingAttrs>, 'epsilon'>;

export function channelsOf(op: string, x: ValueType): number | Fault {
  if (x.dtype !== 'float32') return notFloat(op, x);
  const channels = x.shape.at(-1);
  if (x.shape.length < 2 || channels === undefined)
    return refuse(shapes.rankMismatch, { op, expected: '[N, …, channels]', input: x.shape });
  return isKnown(channels) ? channels : unknownSize(op, 'channels', channels, x);
}

/** Number of channels, when every vector that is there has as many. */
export function checkedChannels(op: string, x: ValueType, vectors: readonly (ValueType | null)[]): number | Fault {
  const channels = channelsOf(op, x);
  if (typeof channels !== 'number') return channels;
  const wrong = vectors.find((v) => v !== null && !sameShape(v.shape, [channels]));
  return wrong == null ? channels : unfit(op, `one value for each of ${channels} channels`, wrong);
}

/** Shape of the statistics of x. */
function statisticsOf(op: string, x: ValueType, { over, slice, groups }: Grouping): Shape | Fault {
  const [samples = 'N'] = x.shape;
  const channels = x.shape.at(-1) ?? 1;
  if (groups !== null && (over === 'batch' || !isKnown(channels) || groups < 1 || channels % groups !== 0))
    return unfit(op, `channels in ${groups} groups of a sample`, x);
  if (slice !== null && over !== 'batch') return unfit(op, 'slices of a batch, not of a sample', x);
  if (slice !== null && isKnown(samples) && samples % slice !== 0) return unfit(op, `slices of ${slice} samples`, x);
  if (over === 'position') return groups === 1 ? [...x.shape.slice(0, -1), 1] : unfit(op, 'one group at a position', x);
  if (over === 'sample') return [samples, groups ?? channels];
  return slice === null ? [channels] : [quotient(samples, slice) ?? floorOf(samples, slice), channels];
}

/** How many values a mean is taken of. */
export function countOf(x: ValueType, { over, slice, groups }: Grouping): Dim {
  const [samples = 'N', ...rest] = x.shape;
  const channels = rest.at(-1) ?? 1;
  if (over === 'position') return channels;
  const positions = times(...rest.slice(0, -1));
  if (over === 'batch') return times(slice ?? samples, positions);
  return groups === null ? positions : times(positions, floorOf(channels, groups));
}

export const statisticsType = (op: string, x: ValueType, grouping: Grouping): ValueType | Fault => {
  const shape = statisticsOf(op, x, grouping);
  return 'fault' in shape ? shape : float(...shape);
};
