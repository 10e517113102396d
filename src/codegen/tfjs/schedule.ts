/** What a run is told of its schedule: how long it has to be, and what it watches. The rate itself is in the step. */
import type { TrainConfig } from '../../check/model.ts';
import type { Literal } from './data.ts';

/** The entries of the run's configuration; none where there is nothing to tell. */
export function scheduleLiteral({ schedule: { def, args }, optimizer }: Pick<TrainConfig, 'schedule' | 'optimizer'>): {
  readonly [key: string]: Literal;
} {
  const spans = def.spans(args).map(({ argument, count, past }) => ({ argument, count, past }));
  // Every optimizer's signature has `rate`.
  const plateau = def.plateau?.(args, Number(optimizer.args.rate));
  return {
    ...(spans.length === 0
      ? {}
      : { schedule: { name: def.name, per: args.per === 'epoch' ? 'epoch' : 'update', spans } }),
    ...(plateau === undefined ? {} : { plateau: { ...plateau } }),
  };
}
