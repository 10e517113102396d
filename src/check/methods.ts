/** Methods of kernels in force: which, in which order, and the weights of their own that they bring. */
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Bound } from '../ir/recipe.ts';
import type { WeightMethodDef, WeightSpec } from '../ir/vocabulary.ts';
import { type Candidate, type Reached, winnerOf } from './cascade.ts';
import type { BareLayer } from './layers.ts';
import type { Place } from './places.ts';

interface MethodInForce {
  readonly method: Bound<WeightMethodDef>;
  readonly candidate: Candidate;
  readonly lost: readonly Candidate[];
}

/** What is dropped is the standardized kernel. Noise, a setting of its own, is added last. */
const order = ['norm', 'drop'] as const;

export const methodsAt = (place: Place, reached: Reached): readonly MethodInForce[] =>
  order.flatMap((key) => {
    const winner = winnerOf(reached, place, key, 'method');
    return winner === null ? [] : [{ method: winner.effect.method, candidate: winner.candidate, lost: winner.lost }];
  });

/** The layers with the weights that methods of their kernels bring; the same list where there are none. */
export function withMethodWeights(
  layers: readonly BareLayer[],
  places: readonly Place[],
  reached: Reached,
  report: Report,
): readonly BareLayer[] {
  const kernels = new Map(places.flatMap((p) => (p.kind === 'weight' ? [[p.path, p] as const] : [])));
  const told = new Set<Candidate['setting']>();
  let changed = false;
  const made = layers.map((layer): BareLayer => {
    const { place } = layer;
    if (place.original !== null) return layer;
    const more = layer.weights.flatMap((spec): readonly WeightSpec[] => {
      const kernel = kernels.get(`${place.path}.${spec.name}`);
      if (kernel === undefined) return [];
      return methodsAt(kernel, reached).flatMap(({ method, candidate }) => {
        const own = method.def.weights({ kernel: spec, args: method.args });
        if (!('fault' in own)) return own;
        if (!told.has(candidate.setting)) report(own.fault(candidate.setting.span, place.span));
        told.add(candidate.setting);
        return [];
      });
    });
    if (more.length === 0) return layer;
    changed = true;
    return { ...layer, weights: [...layer.weights, ...more] };
  });
  return changed ? made : layers;
}
