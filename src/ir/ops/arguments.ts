/** Arguments and weights that several layers share. */
import type { Padding, Pair } from '../attributes.ts';
import type { Initial } from '../graph.ts';
import { choice, custom } from '../signature.ts';
import type { Value } from '../value.ts';
import type { Fan, WeightSpec } from '../vocabulary.ts';

/** Resolved while checking: no bias where the next thing subtracts a per-channel mean, one otherwise. */
export const bias = choice(['auto', 'true', 'false'], {
  default: 'auto',
  doc: 'whether a bias per output channel is added',
});

const pixels = (value: Value | undefined): number | undefined =>
  value?.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= 0 ? value.value : undefined;

function sides(value: Value | undefined): Pair | undefined {
  if (value?.kind !== 'list' || value.items.length !== 2) return undefined;
  const [before, after] = value.items.map(pixels);
  return before === undefined || after === undefined ? undefined : [before, after];
}

function readPadding(value: Value): Padding | undefined {
  if (value.kind === 'word') return value.word === 'same' || value.word === 'valid' ? value.word : undefined;
  const all = pixels(value);
  if (all !== undefined)
    return [
      [all, all],
      [all, all],
    ];
  if (value.kind !== 'list' || value.items.length !== 2) return undefined;
  const [rows, columns] = value.items.map(sides);
  return rows === undefined || columns === undefined ? undefined : [rows, columns];
}

export const paddingSpec = custom<Padding>(
  '`same`, `valid`, a whole number from 0 or `[[top, bottom], [left, right]]`',
  readPadding,
  {
    default: 'same',
    doc: '`same` (TensorFlow: ⌈size/stride⌉, the odd pixel at bottom and right), `valid`, pixels on every side, or `[[top, bottom], [left, right]]`',
  },
);

export const glorot = (fan: Fan): Initial => ({ kind: 'glorot_uniform', attrs: { fanIn: fan.in, fanOut: fan.out } });

/** One number per channel; both fans are the channels, as in Keras. */
export const vector = (
  name: string,
  role: WeightSpec['role'],
  channels: number,
  kind: 'zeros' | 'ones',
): WeightSpec => ({
  name,
  role,
  shape: [channels],
  init: { kind, attrs: {} },
  fan: { in: channels, out: channels },
});

export const biasWeight = (channels: number): WeightSpec => vector('bias', 'bias', channels, 'zeros');
