/** When a loss is not finite: holding on to the last good weights, and finding where the values went wrong. */
import { keep, Variable } from '@tensorflow/tfjs-core';
import type { Batch } from './batches.ts';
import type { Tensor, Training } from './model.ts';
import type { AnyTrain } from './modules.ts';
import { dispose, flattenTensors, snapshot } from './tensors.ts';

/** Handles of present values; they share the memory, and later updates leave them alone. */
export type Held = ReadonlyMap<Variable, Tensor>;

export function hold(...nested: readonly object[]): Held {
  const held = new Map<Variable, Tensor>();
  for (const part of nested) {
    for (const value of flattenTensors(part).values()) if (value instanceof Variable) held.set(value, snapshot(value));
  }
  return held;
}

/** Puts held values back. */
export function restore(held: Held): void {
  for (const [variable, value] of held) variable.assign(value);
}

export const release = (held: Held | null): void => {
  if (held !== null) dispose(...held.values());
};

/** Name of the first tensor with a value that is not finite; null when all are. */
export async function firstBroken(...nested: readonly object[]): Promise<string | null> {
  for (const part of nested) {
    for (const [name, value] of flattenTensors(part)) {
      if (!(await value.data()).every(Number.isFinite)) return name;
    }
  }
  return null;
}

/** Which parameter is not finite, and the update that made it so; null when all are. */
export async function brokenWeight({ params, update }: Training<object, object, object>): Promise<string | null> {
  const weight = await firstBroken(params);
  if (weight === null) return null;
  return `\`${weight}\` is not finite ${update === 1 ? 'to begin with' : `since update ${update - 1}`}`;
}

/** Where values stopped being finite, and what would help: smaller steps, other data, or another loss. */
export interface Cause {
  readonly text: string | null;
  readonly blame: 'steps' | 'data' | 'loss';
}

/** Values that do not overflow in the formula of a loss; what is not finite of them has no value. */
export const isModerate = (x: number): boolean => Math.abs(x) < 1e6;

/**
 * Why the loss of a finite batch is not finite: a parameter, else the first layer, else the loss itself. The training must hold the weights
 * that the loss was computed with; `update` is the one that failed.
 */
export async function causeOf(
  module: AnyTrain,
  training: Training<object, object, object>,
  batch: Batch,
  outputs: readonly { readonly name: string }[],
): Promise<Cause> {
  const weight = await brokenWeight(training);
  if (weight !== null) return { text: weight, blame: 'steps' };
  const seen: (readonly [string, Tensor])[] = [];
  try {
    module.inspect(training, batch.fields, (layer, value) => seen.push([layer, keep(snapshot(value))]));
    const ranges = new Map<string, Range>();
    for (const [layer, value] of seen) {
      const values = await value.data();
      if (values.every(Number.isFinite)) {
        ranges.set(layer, rangeOf(values));
        continue;
      }
      // It comes last; a layer may be called so too.
      return layer === 'loss' && value === seen.at(-1)?.[1]
        ? onlyTheLoss(ranges, outputs)
        : { text: `\`${layer}\` is the first layer that is not finite`, blame: 'steps' };
    }
  } finally {
    dispose(...seen.map(([, value]) => value));
  }
  return { text: 'every layer is finite', blame: 'steps' };
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function rangeOf(values: ArrayLike<number>): Range {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

/** What the network gave is small where its loss has no value there, and large where training has run away. */
function onlyTheLoss(ranges: ReadonlyMap<string, Range>, outputs: readonly { readonly name: string }[]): Cause {
  const given = outputs.flatMap(({ name }) => {
    const range = ranges.get(name);
    return range === undefined ? [] : [{ name, ...range }];
  });
  const number = (x: number): string => String(Number(x.toPrecision(3)));
  const from = given.map((g) => `\`${g.name}\` from ${number(g.least)} to ${number(g.most)}`).join(', ');
  const isSmall = [...ranges.values()].every(({ least, most }) => isModerate(least) && isModerate(most));
  return {
    text: `every layer is finite${from === '' ? '' : `, ${from}`}, only the loss is not`,
    blame: isSmall ? 'loss' : 'steps',
  };
}
