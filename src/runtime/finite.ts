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

/**
 * Why the loss of a finite batch is not finite: a parameter, else the first layer. The training must hold the weights that the loss was
 * computed with; `update` is the one that failed.
 */
export async function causeOf(
  module: AnyTrain,
  training: Training<object, object, object>,
  batch: Batch,
): Promise<string> {
  const weight = await brokenWeight(training);
  if (weight !== null) return weight;
  const seen: (readonly [string, Tensor])[] = [];
  try {
    module.inspect(training, batch.fields, (layer, value) => seen.push([layer, keep(snapshot(value))]));
    for (const [layer, value] of seen) {
      if (!(await value.data()).every(Number.isFinite)) {
        // It comes last; a layer may be called so too.
        return layer === 'loss' && value === seen.at(-1)?.[1]
          ? 'every layer is finite, only the loss is not'
          : `\`${layer}\` is the first layer that is not finite`;
      }
    }
  } finally {
    dispose(...seen.map(([, value]) => value));
  }
  return 'every layer is finite';
}
