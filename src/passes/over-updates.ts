/**
 * What a step keeps beyond its batch: gradients that are accumulated over batches, and averages of weights over updates.
 *
 * Names       @conv1.kernel.accumulated and %mean.conv1.kernel; @conv1.kernel.average, and %averageShare of the newest weights.
 * Order       Gradients are accumulated before anything else is made of them; averages come last, behind constraints.
 */
import type { Ref } from '../ir/graph.ts';
import { ops } from '../ir/ops/index.ts';
import { bare } from './match.ts';
import type { UpdateContext } from './update.ts';

type Gradients = ReadonlyMap<Ref, Ref>;

/** The mean gradients of an update; where each batch has its own update, the gradients as they are. */
export function accumulated({ build, parameters, recipe }: UpdateContext, gradients: Gradients): Gradients {
  if (recipe.accumulates !== true) return gradients;
  return new Map(
    parameters.flatMap(({ ref, type }): readonly (readonly [Ref, Ref])[] => {
      const gradient = gradients.get(ref);
      if (gradient === undefined) return [];
      build.layer = layerOf(ref);
      const sum = build.store({ ref: sumOf(ref), kind: 'slot', type, init: { kind: 'zeros', attrs: {} } });
      return [[ref, build.one(ops.meanGradient, [sum, gradient, '%share'], {}, `mean.${bare(ref)}`)]];
    }),
  );
}

/** Behind the updates: averages take in what they have made, and the sums of the next one begin. */
export function appendAverages(
  { build, parameters, recipe }: UpdateContext,
  updated: Gradients,
  means: Gradients,
): void {
  const { average } = recipe;
  build.layer = '';
  if (average !== undefined) {
    const context = { step: '%update', steps: '%updates', perEpoch: '%perEpoch' } as const;
    const share = average.def.share(build, context, average.args);
    for (const { ref, type } of parameters) {
      if (!updated.has(ref)) continue;
      build.layer = layerOf(ref);
      const into = build.store({ ref: `${ref}.average`, kind: 'slot', type, init: { kind: 'zeros', attrs: {} } });
      build.emit(ops.updateAverage, [into, ref, share]);
    }
  }
  build.layer = '';
  if (recipe.accumulates === true && means.size > 0)
    build.emit(
      ops.clearSums,
      parameters.filter((p) => means.has(p.ref)).map((p) => sumOf(p.ref)),
    );
}

const sumOf = (parameter: Ref): Ref => `${parameter}.accumulated`;

/** `stem.conv1` of `@stem.conv1.kernel`. */
const layerOf = (parameter: Ref): string => bare(parameter).split('.').slice(0, -1).join('.');
