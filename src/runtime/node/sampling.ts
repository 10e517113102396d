/** Monte Carlo prediction: the mean and the spread of draws of a network whose dropout stays on. */
import { chunks } from '../batches.ts';
import { evaluationBatch, tensorsOf } from '../metrics.ts';
import type { Outputs, Tensor } from '../model.ts';
import type { StoredTensor } from '../safetensors.ts';
import { type Spread, spreadOf } from '../spread.ts';
import { joined } from './joined.ts';

export interface Drawn {
  /** Samples to predict for. */
  readonly count: number;
  take(from: number, to: number): readonly Tensor[];
  /** One draw; `update` is the second part of its random key. */
  draw(update: number, x: readonly Tensor[]): Outputs;
  /** What is averaged of an output: itself, or what its loss implies. */
  shown(value: Tensor, output: string): Tensor;
}

/** Training counts updates from 1, so that draws of prediction never meet those of a step. */
const firstDraw = 2 ** 31;

/** By output, `<output>` and `<output>.std`. Every draw of every chunk has a key of its own. */
export async function drawnOutputs(
  { count, take, draw, shown }: Drawn,
  names: readonly string[],
  draws: number,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const parts = names.map(() => ({
    mean: [] as Float64Array[],
    deviation: [] as Float64Array[],
    rest: [] as readonly number[],
  }));
  let update = firstDraw;
  for (const at of chunks(count, evaluationBatch)) {
    const from = at[0] ?? 0;
    const x = take(from, from + at.length);
    const spreads: (Spread | undefined)[] = names.map(() => undefined);
    for (let n = 0; n < draws; n++) {
      const given = tensorsOf(draw(update++, x), names);
      for (const [i, name] of names.entries()) {
        const value = given[i];
        const part = parts[i];
        if (value === undefined || part === undefined) throw new Error(`the network gives no output ${name}`);
        const seen = shown(value, name);
        part.rest = seen.shape.slice(1);
        const spread = spreads[i] ?? spreadOf(seen.size);
        spreads[i] = spread;
        spread.add(await seen.data());
        if (seen !== value) seen.dispose();
      }
      for (const value of given) value.dispose();
    }
    for (const [i, spread] of spreads.entries()) {
      if (spread === undefined) continue;
      parts[i]?.mean.push(spread.mean);
      parts[i]?.deviation.push(spread.deviation());
    }
    for (const value of x) value.dispose();
  }
  return new Map(
    names.flatMap((name, i): [string, StoredTensor][] => {
      const { mean, deviation, rest } = parts[i] ?? { mean: [], deviation: [], rest: [] };
      const shape = [count, ...rest];
      return [
        [name, { shape, values: joined(mean) }],
        [`${name}.std`, { shape, values: joined(deviation) }],
      ];
    }),
  );
}
