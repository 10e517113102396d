/** Places under a policy become layers: slots are filled or vanish, `bias: auto` is decided, weights come into being. */
import type { Report } from '../diagnostics/diagnostic.ts';
import type { ValueType } from '../ir/graph.ts';
import type { LayerDef, WeightSpec } from '../ir/vocabulary.ts';
import type { BoundArguments } from './bind.ts';
import { effective, pinned, type Reached, winnerOf, won } from './cascade.ts';
import type { Method } from './entries.ts';
import { infer, reportFault, withBias } from './infer.ts';
import type { EffectiveSetting, Source } from './model.ts';
import type { Outline, Place, SlotPlace, StepPlace, WeightPlace } from './places.ts';

/** A layer whose weights have not met the policy yet. */
export interface BareLayer {
  readonly place: StepPlace | SlotPlace;
  readonly def: LayerDef;
  readonly args: BoundArguments;
  readonly source: Source;
  readonly input: ValueType;
  readonly output: ValueType;
  readonly weights: readonly WeightSpec[];
  /** What filled the slot; nothing for a step. */
  readonly settings: readonly EffectiveSetting[];
  readonly biasReason: string | null;
}

/** In network order; stops at the first layer that cannot be made, which has been reported. Null when there is one. */
export function buildLayers(outline: Outline, reached: Reached, report: Report): readonly BareLayer[] | null {
  if (outline.input === null || !outline.complete) return null;
  const fillings = outline.places.map((place) => fillingOf(place, reached));
  const filled = fillings.filter((f) => f !== null);
  const layers: BareLayer[] = [];
  let source: Source = { kind: 'input', name: outline.input.name };
  let current = outline.input.type;
  let producer = { path: outline.input.name, span: outline.input.span };
  for (const [i, { place, method, settings }] of filled.entries()) {
    const next = filled[i + 1];
    const { args, reason } = resolveBias(
      method.args,
      next === undefined ? null : { path: next.place.path, def: next.method.def },
    );
    const inferred = infer(method.def, current, args, place.path);
    if ('fault' in inferred) {
      reportFault(inferred, { path: place.path, span: place.span, argument: () => null, producer }, report);
      return null;
    }
    layers.push({ place, def: method.def, args, source, input: current, ...inferred, settings, biasReason: reason });
    source = { kind: 'layer', path: place.path };
    current = inferred.output;
    producer = { path: place.path, span: place.span };
  }
  return layers;
}

interface Filled {
  readonly place: StepPlace | SlotPlace;
  readonly method: Method;
  readonly settings: readonly EffectiveSetting[];
}

/** What stands at a place: a step's own layer, a slot's method; null for stages and slots that stay empty. */
function fillingOf(place: Place, reached: Reached): Filled | null {
  if (place.kind === 'step') return place.layer && { place, method: place.layer, settings: [] };
  if (place.kind !== 'slot') return null;
  const winner = winnerOf(reached, place, place.word, 'fill');
  if (place.pin !== null) {
    const { method, value } = place.pin;
    if (method === null || method === 'none') return null;
    const losers = winner === null ? [] : [winner.candidate, ...winner.lost];
    return { place, method, settings: [effective(place.word, null, pinned(value, place.span), losers)] };
  }
  if (winner === null || winner.effect.method === null) return null;
  return {
    place,
    method: winner.effect.method,
    settings: [effective(place.word, null, won(winner.candidate), winner.lost)],
  };
}

/** `bias: auto`: none where the value goes straight into a norm that subtracts its mean, which would take the bias away again. */
function resolveBias(
  args: BoundArguments,
  next: { readonly path: string; readonly def: LayerDef } | null,
): { readonly args: BoundArguments; readonly reason: string | null } {
  if (args.bias !== 'auto') return { args, reason: null };
  const subtracted = next?.def.subtractsMean === true;
  return {
    args: withBias(args, !subtracted),
    reason: subtracted ? `no bias: ${next?.path} subtracts the mean` : `bias: nothing after it subtracts a mean`,
  };
}

/** All places with the weights of each layer behind it: what selectors of weights look through. */
export function withWeights(outline: Outline, layers: readonly BareLayer[]): readonly Place[] {
  const weights = new Map<Place, readonly WeightPlace[]>(
    layers.map((layer) => [
      layer.place,
      layer.weights.map(
        (spec): WeightPlace => ({
          kind: 'weight',
          name: spec.name,
          path: `${layer.place.path}.${spec.name}`,
          parent: layer.place,
          span: layer.place.span,
          spec,
        }),
      ),
    ]),
  );
  return outline.places.flatMap((place) => [place, ...(weights.get(place) ?? [])]);
}
