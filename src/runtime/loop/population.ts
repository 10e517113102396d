/**
 * Statistics of norms measured over the training data with the weights as they are, in place of moving ones: by the emitted `measure`,
 * batch after batch in an order of its own (that of epoch 0), in batches of the size that is trained with. A smaller last batch is left
 * out, since every batch counts the same.
 */
import type { Samples } from '../batches.ts';
import { disposeBatch, epochBatches } from '../batches.ts';
import { type Held, hold, release } from '../finite.ts';
import { comparedFields } from '../metrics.ts';
import type { Training } from '../model.ts';
import type { AnyTrain } from '../modules.ts';
import { flattenTensors } from '../tensors.ts';
import type { LoopConfig, MeasureReport } from './progress.ts';

/** Overwrites the statistics of `state`; null when the module measures none. */
export async function measurePopulation(
  module: AnyTrain,
  training: Training<object, object, object>,
  samples: Samples,
  config: LoopConfig,
): Promise<MeasureReport | null> {
  const { measure } = module;
  if (measure === undefined) return null;
  const { seed, batch, needsTwoSamples, inputs, outputs } = config;
  const last = samples.rows.length >= batch ? 'drop' : 'keep';
  const fields = [...inputs, ...comparedFields(outputs)];
  const before = hold(training.state);
  let count = 0;
  try {
    for await (const given of epochBatches(samples, {
      batch,
      last,
      needsTwoSamples,
      seed,
      epoch: 0,
      from: 0,
      fields,
    })) {
      try {
        const { random } = training;
        measure({ ...training, random: { ...random, update: random.update + count } }, given.fields, ++count);
      } finally {
        disposeBatch(given);
      }
    }
    return { batches: count, batch, differences: await differences(training.state, before) };
  } finally {
    release(before);
  }
}

async function differences(state: object, before: Held): Promise<Readonly<Record<string, number>>> {
  const moving = new Map([...before].map(([variable, value]) => [variable.id, value]));
  const found: Record<string, number> = {};
  for (const [name, now] of flattenTensors(state)) {
    const old = moving.get(now.id);
    if (old === undefined) continue;
    const [a, b] = [await now.data(), await old.data()];
    let largest = 0;
    for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
    if (largest > 0) found[name] = largest;
  }
  return found;
}
