/** What a run is told of its loop: when it ends, what it averages and accumulates. */
import type { TrainConfig } from '../../check/model.ts';
import type { Literal } from './data.ts';

/** The entries of the run's configuration; none for what is as it is by itself. */
export const loopLiteral = ({
  accumulate,
  average,
  stop,
  reuse,
}: Pick<TrainConfig, 'accumulate' | 'average' | 'stop' | 'reuse'>): { readonly [key: string]: Literal } => ({
  ...(accumulate === 1 ? {} : { accumulate }),
  ...(average === null ? {} : { average: { kind: average.def.name, ...average.args } }),
  ...(stop === null ? {} : { stop: { ...stop } }),
  ...(reuse === null ? {} : { reuse: { ...reuse } }),
});
