/** Places under a policy become layers: slots are filled or vanish, `bias: auto` is decided, weights come into being. */
import { names } from '../diagnostics/catalog/names.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { ValueType } from '../ir/graph.ts';
import type { LayerDef, WeightSpec } from '../ir/vocabulary.ts';
import type { BoundArguments } from './bind.ts';
import { effective, pinned, type Reached, winnerOf, won } from './cascade.ts';
import type { Method } from './entries.ts';
import { type Infer, reportFault, withBias } from './infer.ts';
import type { EffectiveSetting, Source } from './model.ts';
import type { NodePlace, Outline, Place, WeightPlace, Wire } from './places.ts';

/** A layer whose weights have not met the policy yet. */
export interface BareLayer {
  readonly place: NodePlace;
  readonly def: LayerDef;
  readonly args: BoundArguments;
  readonly sources: readonly Source[];
  readonly inputs: readonly ValueType[];
  readonly output: ValueType;
  readonly weights: readonly WeightSpec[];
  /** What filled the slot; nothing for a step. */
  readonly settings: readonly EffectiveSetting[];
  readonly biasReason: string | null;
}

/** All layers, and where the value of each wire comes from once empty slots are gone. */
interface Built {
  readonly layers: readonly BareLayer[];
  readonly sourceOf: (wire: Wire) => { readonly source: Source; readonly type: ValueType };
}

interface Filled {
  readonly place: NodePlace;
  readonly method: Method;
  readonly settings: readonly EffectiveSetting[];
}

/** In network order; stops at the first layer that cannot be made, which has been reported. Null when there is one. */
export function buildLayers(outline: Outline, reached: Reached, infer: Infer, report: Report): Built | null {
  if (!outline.complete) return null;
  const flow = flowOf(outline, reached);
  const made = new Map<Wire, { readonly source: Source; readonly type: ValueType }>();
  for (const input of outline.inputs)
    made.set(input.wire, { source: { kind: 'input', name: input.name }, type: input.type });
  const layers: BareLayer[] = [];
  const byPlace = new Map<NodePlace, BareLayer>();
  for (const { place, method, settings } of flow.filled) {
    const original = place.original === null ? null : byPlace.get(place.original);
    const arriving = place.inputs.map((wire) => valueBehind(wire));
    const inputs = arriving.map((a) => a.type);
    // A second application has the bias that the first one has, and arguments of its own: they may depend on what arrives.
    const bias =
      original == null
        ? resolveBias(method.args, flow.takersOf(place))
        : { args: withBias(method.args, original.args.bias === 'true'), biasReason: original.biasReason };
    const inferred = infer(method.def, inputs, bias.args, place.path);
    if ('fault' in inferred) {
      const producer = place.inputs[0]?.producer ?? null;
      reportFault(inferred, { path: place.path, span: place.span, argument: () => null, producer }, report);
      return null;
    }
    if (original != null && !sameWeights(original.weights, inferred.weights)) {
      report(
        names.sharedShape.at(
          place.applied ?? place.span,
          { path: place.path, original: original.place.path, ...differing(original.weights, inferred.weights) },
          { places: { first: original.place.span } },
        ),
      );
      return null;
    }
    const layer: BareLayer = {
      place,
      def: method.def,
      args: bias.args,
      sources: arriving.map((a) => a.source),
      inputs,
      ...inferred,
      settings,
      biasReason: bias.biasReason,
    };
    layers.push(layer);
    byPlace.set(place, layer);
    made.set(place.output, { source: { kind: 'layer', path: place.path }, type: inferred.output });
  }
  return { layers, sourceOf: valueBehind };

  function valueBehind(wire: Wire): { readonly source: Source; readonly type: ValueType } {
    const value = made.get(flow.behind(wire));
    if (value === undefined) throw new Error(`nothing makes the value of ${wire.producer.path}`);
    return value;
  }
}

interface Flow {
  readonly filled: readonly Filled[];
  /** The wire that a wire stands for, slots that stay empty left out. */
  readonly behind: (wire: Wire) => Wire;
  /** What takes the value of a place, in all of its applications; null among them is an output of the network. */
  readonly takersOf: (place: NodePlace) => readonly (Filled | null)[];
}

function flowOf(outline: Outline, reached: Reached): Flow {
  const alias = new Map<Wire, Wire>();
  const behind = (wire: Wire): Wire => alias.get(wire) ?? wire;
  const filled: Filled[] = [];
  const takers = new Map<Wire, (Filled | null)[]>();
  const take = (wire: Wire, by: Filled | null): void => {
    const list = takers.get(behind(wire)) ?? [];
    takers.set(behind(wire), list);
    list.push(by);
  };
  for (const place of outline.nodes) {
    const filling = fillingOf(place, reached);
    if (filling === null) {
      const [input] = place.inputs;
      if (input !== undefined) alias.set(place.output, behind(input));
      continue;
    }
    filled.push(filling);
    for (const wire of place.inputs) take(wire, filling);
  }
  for (const output of outline.outputs) take(output.wire, null);
  const applications = new Map<NodePlace, NodePlace[]>();
  for (const { place } of filled)
    if (place.original !== null) applications.set(place.original, [...(applications.get(place.original) ?? []), place]);
  return {
    filled,
    behind,
    takersOf: (place) => [place, ...(applications.get(place) ?? [])].flatMap((p) => takers.get(p.output) ?? []),
  };
}

/** What stands at a place: a step's own layer, a slot's method; null for slots that stay empty. */
function fillingOf(place: NodePlace, reached: Reached): Filled | null {
  if (place.kind === 'step') return place.layer && { place, method: place.layer, settings: [] };
  const winner = winnerOf(reached, place.original ?? place, place.word, 'fill');
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

/**
 * `bias: auto`: none where the value goes straight into norms that subtract its mean, which would take the bias away again. Where
 * anything else takes the value too, the bias is needed.
 */
function resolveBias(
  args: BoundArguments,
  takers: readonly (Filled | null)[],
): { readonly args: BoundArguments; readonly biasReason: string | null } {
  if (args.bias !== 'auto') return { args, biasReason: null };
  const others = takers.filter((t) => t?.method.def.subtractsMean !== true);
  const norm = takers.find((t) => t?.method.def.subtractsMean === true);
  if (norm != null && others.length === 0)
    return { args: withBias(args, false), biasReason: `no bias: ${norm.place.path} subtracts the mean` };
  const [other] = others;
  const biasReason =
    norm == null
      ? 'bias: nothing after it subtracts a mean'
      : `bias: ${other == null ? 'the value is an output too' : `${other.place.path} takes the value too`}, and subtracts no mean`;
  return { args: withBias(args, true), biasReason };
}

const sameWeights = (a: readonly WeightSpec[], b: readonly WeightSpec[]): boolean =>
  a.length === b.length && a.every((w, i) => w.name === b[i]?.name && shapeText(w) === shapeText(b[i]));

const shapeText = (w: WeightSpec | undefined): string => `[${w?.shape.join(', ') ?? ''}]`;

function differing(a: readonly WeightSpec[], b: readonly WeightSpec[]) {
  const i = a.findIndex((w, j) => shapeText(w) !== shapeText(b[j]));
  return { weight: a[i]?.name ?? '', has: shapeText(a[i]), needs: shapeText(b[i]) };
}

/** All places with the weights of each layer behind it: what selectors of weights look through. */
export function withWeights(outline: Outline, layers: readonly BareLayer[]): readonly Place[] {
  const weights = new Map<Place, readonly WeightPlace[]>(
    layers.map((layer) => [
      layer.place,
      (layer.place.original === null ? layer.weights : []).map(
        (spec): WeightPlace => ({
          kind: 'weight',
          name: spec.name,
          label: null,
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
