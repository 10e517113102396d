/** `explain`: what a name or a selector stands for in a network under its policy, with everything that decided it. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { parseSelectors } from '../../parser/fragment.ts';
import type { BuiltNetwork } from '../network.ts';
import { isInside, type Place, type SlotPlace, type StepPlace } from '../places.ts';
import { flatSelector } from '../selector-of.ts';
import { match, type PolicySelector, type Specificity, specificityOf } from '../selectors.ts';
import type { CheckedTrain } from '../train.ts';
import { emptyEnvironment } from '../values.ts';
import { whyNothing } from '../why-nothing.ts';
import { sections } from '../words.ts';
import { explainData, explainInput } from './data.ts';
import type { Explanation, ListExplanation, PlaceExplanation } from './explanation.ts';
import { explainNetwork, explainPolicy, explainSection, explainTrain, namesOf } from './network.ts';
import { explainPlace, explainRepeat, whyEmpty } from './place.ts';

export type * from './explanation.ts';

/** The file that diagnostics about a target point into. */
export const targetFile = 'target';

/**
 * `conv2`, `stem.conv1.kernel`, `LeNet.conv2`, `LeNet`, `gradient` or another section, or a selector; an empty text is the train or network itself. Null
 * after saying what may have been meant.
 */
export function explain(
  text: string,
  of: { readonly built: BuiltNetwork; readonly train: CheckedTrain | null },
  report: Report,
): Explanation | null {
  const { built, train } = of;
  const network = built.declaration.name.text;
  const wanted = text.trim();
  if (wanted === '' || wanted === train?.name)
    return train === null ? explainNetwork(built, null) : explainTrain(train);
  if (wanted === network) return explainNetwork(built, train);
  const section = sections.find((s) => s === wanted);
  if (section !== undefined) return explainSection(section, built);
  const prefix = `${network}.`;
  const inner = wanted.startsWith(prefix) ? wanted.slice(prefix.length) : wanted;
  const exact = built.places.find((p) => p.path === inner);
  if (exact !== undefined) return explainOne(exact, built, train);
  const repeat = built.model.layers.find((l) => l.path === inner);
  if (repeat !== undefined) return explainRepeat(repeat, built);
  const other = explainOther(inner, built, train);
  if (other !== null) return other;
  return explainSelected(text, inner, built, train, report);
}

/** What is no place of the network, but has a name: an input, a policy in force, the data, a second application. */
function explainOther(name: string, built: BuiltNetwork, train: CheckedTrain | null): Explanation | null {
  const input = built.model.inputs.find((i) => i.name === name);
  if (input !== undefined) return explainInput(input, built, train);
  if (built.policy?.rules.some((r) => r.origin.kind !== 'set' && r.origin.policy === name) === true)
    return explainPolicy(name, built, train);
  if (train !== null && train.data.name === name) return explainData(train);
  const group = built.model.groups.find((g) => g.path === name);
  if (group === undefined) return null;
  const layers = built.model.layers.filter((l) => l.path.startsWith(`${group.path}.`));
  return {
    kind: 'list',
    network: built.model.network,
    policy: built.model.policy,
    places: layers.map((l) => explainRepeat(l, built)),
    title: `${group.path} · again ${group.word}`,
    what: 'again',
    span: group.span,
    specificity: [],
  };
}

function explainOne(place: Place, built: BuiltNetwork, train: CheckedTrain | null): Explanation {
  if (place.kind === 'weight') {
    const { parent } = place;
    if (parent === null || (parent.kind !== 'step' && parent.kind !== 'slot'))
      throw new Error(`${place.path} belongs to no layer`);
    return explainPlace(parent, place, built, train);
  }
  if (place.kind === 'step' || place.kind === 'slot') return explainPlace(place, null, built, train);
  const inside = built.places.filter((p) => isInside(p, place));
  return {
    ...listOf(built, train, inside),
    title: place.path,
    what: place.kind,
    span: place.span,
    specificity: [],
  };
}

function explainSelected(
  text: string,
  inner: string,
  built: BuiltNetwork,
  train: CheckedTrain | null,
  report: Report,
): Explanation | null {
  const start = text.indexOf(inner);
  const span: Span = { file: targetFile, start, end: start + inner.length };
  const parsed = parseSelectors(text, span, report);
  const selectors = parsed?.map((s) => flatSelector(s, emptyEnvironment, report)) ?? [null];
  if (selectors.includes(null)) return null;
  const found = selectors.flatMap((s) =>
    s === null ? [] : match(s, built.places).map((place) => ({ selector: s, place })),
  );
  const [first, ...more] = new Set(found.map((f) => f.place));
  if (first === undefined) {
    const names = namesOf(built.model, built.places);
    const [selector] = selectors;
    const why = selector == null ? null : whyNothing(selector, built.places, built.model.network);
    const facts = { target: inner, network: built.model.network, some: names.slice(0, 6) };
    const near = whyAbsent(inner, built) !== null ? null : (nearest(inner, names) ?? why?.nearest ?? null);
    report(
      policies.nothingToExplain.at(span, {
        ...facts,
        nearest: near,
        hint: whyAbsent(inner, built) ?? (why?.unknown == null ? (why?.hint ?? null) : null),
      }),
    );
    return null;
  }
  if (more.length === 0) return explainOne(first, built, train);
  return {
    ...listOf(built, train, [first, ...more]),
    title: selectors.flatMap((s) => (s === null ? [] : [s.text])).join(', '),
    what: 'selector',
    span: null,
    specificity: specificities(found),
  };
}

/** Why something that is known by name is not there: a weight of a slot that stays empty, a policy that is not in force. */
function whyAbsent(name: string, built: BuiltNetwork): string | null {
  const slot = built.places.find((p) => p.kind === 'slot' && name.startsWith(`${p.path}.`));
  if (slot?.kind === 'slot' && !built.model.layers.some((l) => l.path === slot.path))
    return `\`${slot.path}\` has no weights, because it is empty: ${whyEmpty(slot, built)}`;
  const sharing = built.model.layers.find((l) => l.shares !== null && name.startsWith(`${l.path}.`));
  if (sharing !== undefined)
    return `\`${sharing.path}\` has the weights of \`${sharing.shares}\`: ask for \`${sharing.shares}${name.slice(sharing.path.length)}\``;
  if (built.scope.policies.has(name))
    return `policy \`${name}\` is not in force here: \`--policy ${name}\` asks for it`;
  return built.scope.data.has(name) ? `\`${name}\` belongs to a train: name one, as in \`FILE:NAME\`` : null;
}

/** How specific a selector is where: one number, unless its name means different things. */
function specificities(
  found: readonly { readonly selector: PolicySelector; readonly place: Place }[],
): ListExplanation['specificity'] {
  const groups = new Map<string, { readonly specificity: Specificity; count: number }>();
  for (const { selector, place } of found) {
    const specificity = specificityOf(selector, place);
    const key = `${specificity.kind} ${specificity.refinements}`;
    const group = groups.get(key) ?? { specificity, count: 0 };
    group.count++;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The layers and slots among some places, and those that the weights among them belong to. */
function listOf(
  built: BuiltNetwork,
  train: CheckedTrain | null,
  places: readonly Place[],
): Pick<ListExplanation, 'kind' | 'network' | 'policy' | 'places'> {
  const shown = new Map<StepPlace | SlotPlace, PlaceExplanation>();
  const all = places.flatMap((place) =>
    place.kind === 'stage' || place.kind === 'block' ? built.places.filter((p) => isInside(p, place)) : [place],
  );
  for (const place of all) {
    const owner = place.kind === 'weight' ? place.parent : place;
    if (owner === null || (owner.kind !== 'step' && owner.kind !== 'slot') || shown.has(owner)) continue;
    const whole = explainPlace(owner, null, built, train);
    const weights = all.includes(owner)
      ? whole.weights
      : whole.weights.filter((w) => all.some((p) => p.path === w.path));
    shown.set(owner, { ...whole, weights });
  }
  return { kind: 'list', network: built.model.network, policy: built.model.policy, places: [...shown.values()] };
}
