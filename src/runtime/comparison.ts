/** A trained network measured: both inferences over the same samples, how far apart they are, and how fast each is. */
import { disposeBatch, type Samples, take } from './batches.ts';
import {
  comparedFields,
  evaluationBatch,
  type Forward,
  forEachOutput,
  inputsOf,
  type Measured,
  type Scored,
  type Scores,
  tallying,
  tensorsOf,
} from './metrics.ts';
import type { AnyNetwork, AnyTrain } from './modules.ts';
import { disposeAll } from './tensors.ts';

export interface Comparison {
  /** Of the unfolded network. */
  readonly scores: Scores;
  /** The largest difference between unfolded and folded outputs over all samples. */
  readonly foldedMaxDifference: number;
  /** Milliseconds for 256 samples, unfolded: median. */
  readonly predictMs: number;
  readonly foldedPredictMs: number;
}

/** Rounds of timing, each unfolded and folded; the first are not counted. */
const rounds = 21;
const warmUp = 5;
/** Timing ends after this many milliseconds, however few rounds there were. */
const timeLimit = 4000;

export async function compareFolded(
  module: AnyNetwork & Pick<AnyTrain, 'lossOf'>,
  { params, state }: { readonly params: object; readonly state: object },
  samples: Samples,
  measured: Measured,
): Promise<Comparison> {
  const frozen = module.freeze(params, state);
  const unfolded: Forward = (...x) => module.evaluate(params, state, ...x);
  const folded: Forward = (...x) => module.predict(frozen, ...x);
  try {
    const { scores, largest } = await difference(
      { forward: unfolded, lossOf: (...x) => module.lossOf(...x) },
      folded,
      samples,
      measured,
    );
    const [predictMs, foldedPredictMs] = await speeds([unfolded, folded], samples, measured);
    return { scores, foldedMaxDifference: largest, predictMs, foldedPredictMs };
  } finally {
    disposeAll(frozen);
  }
}

async function difference(
  { forward, lossOf }: Scored,
  folded: Forward,
  samples: Samples,
  measured: Measured,
): Promise<{ readonly scores: Scores; readonly largest: number }> {
  const tally = tallying(lossOf, samples, measured);
  const before: (readonly ArrayLike<number>[])[] = [];
  const add: typeof tally.add = async (...chunk) => {
    before.push(chunk[0]);
    await tally.add(...chunk);
  };
  await forEachOutput(forward, samples, measured, add, comparedFields(measured.outputs));
  let [chunk, largest] = [0, 0];
  await forEachOutput(folded, samples, measured, (outputs) => {
    const others = before[chunk++] ?? [];
    for (const [o, values] of outputs.entries()) {
      for (let i = 0; i < values.length; i++) {
        const distance = Math.abs((values[i] ?? 0) - (others[o]?.[i] ?? 0));
        // NaN, once seen, stays: nothing is larger.
        if (distance > largest || Number.isNaN(distance)) largest = distance;
      }
    }
  });
  return { scores: tally.scores(), largest };
}

/** Median milliseconds of each for one batch, in turn, so that a busy moment meets all of them. */
async function speeds(
  forwards: readonly [Forward, Forward],
  samples: Samples,
  { inputs, outputs }: Measured,
): Promise<readonly [number, number]> {
  const n = samples.rows.length;
  const batch = take(
    samples,
    Array.from({ length: evaluationBatch }, (_, i) => i % n),
    inputs,
  );
  const x = inputsOf(batch, inputs);
  const names = outputs.map((o) => o.name);
  const times: readonly [number[], number[]] = [[], []];
  const end = performance.now() + timeLimit;
  for (let round = 0; round < rounds && (round < warmUp + 3 || performance.now() < end); round++) {
    for (const [which, forward] of forwards.entries()) {
      const began = performance.now();
      const given = tensorsOf(forward(...x), names);
      await Promise.all(given.map((value) => value.data()));
      for (const value of given) value.dispose();
      if (round >= warmUp) times[which]?.push(performance.now() - began);
    }
  }
  disposeBatch(batch);
  return [median(times[0]), median(times[1])];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}
