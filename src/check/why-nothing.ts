/** Why a selector finds nothing, and what may have been meant. */
import { listed, quoted } from '../diagnostics/wording.ts';
import { layers } from '../ir/ops/index.ts';
import { attrText } from './attributes.ts';
import { suggestStep } from './familiar.ts';
import type { Place } from './places.ts';
import { printValue } from './printing.ts';
import { isCalled, match, type PolicySelector, type PolicySelectorPart } from './selectors.ts';
import { isUnsupported } from './unsupported.ts';
import { isSlot } from './words.ts';

/** What weights are called elsewhere: of layers, and of norms. */
const weightWords: Readonly<Record<string, readonly string[]>> = {
  weight: ['kernel', 'gamma'],
  weights: ['kernel', 'gamma'],
  w: ['kernel'],
  filters: ['kernel'],
  scale: ['gamma'],
  offset: ['beta'],
  shift: ['beta'],
  running_mean: ['mean'],
  running_var: ['variance'],
  moving_mean: ['mean'],
  moving_variance: ['variance'],
};

/** The facts of "finds nothing": which name is unknown, what may have been meant. */
export function whyNothing(selector: PolicySelector, places: readonly Place[], network: string) {
  const written = selector.parts.flatMap((p) => p.names);
  const unknown = written.find((name) => !places.some((p) => isCalled(p, name))) ?? null;
  const isWord =
    unknown !== null && (Object.hasOwn(layers, unknown) || isUnsupported('layer', unknown) || isSlot(unknown));
  const words = [...new Set(places.flatMap((p) => ('word' in p ? [p.word] : [])))];
  const called = [...new Set([...words, ...places.map((p) => p.name)])];
  return {
    selector: selector.text,
    network,
    unknown,
    nearest:
      unknown === null || isWord ? null : (weightMeant(selector, unknown, places) ?? suggestStep(unknown, called)),
    hint:
      hintFor(selector, unknown, places, network) ??
      (unknown === null
        ? null
        : `the network has ${listed(quoted(words), 'and')}; \`${unknown}?\` lets the rule find nothing`),
  };
}

/** `conv.weight`: the weight of that meaning which is there. */
function weightMeant(selector: PolicySelector, unknown: string, places: readonly Place[]): string | null {
  const known = Object.hasOwn(weightWords, unknown) ? (weightWords[unknown] ?? []) : [];
  const meant = known.find(
    (word) => match({ ...selector, parts: renamed(selector.parts, unknown, word) }, places).length > 0,
  );
  return meant ?? null;
}

const renamed = (parts: readonly PolicySelectorPart[], from: string, to: string): readonly PolicySelectorPart[] =>
  parts.map((p) => ({ ...p, names: p.names.map((n) => (n === from ? to : n)) }));

const nameText = (parts: readonly PolicySelectorPart[]): string => parts.map((p) => p.names.join('.')).join(' ');

function hintFor(
  selector: PolicySelector,
  unknown: string | null,
  places: readonly Place[],
  network: string,
): string | null {
  const { parts } = selector;
  const found = (of: readonly PolicySelectorPart[]): readonly Place[] => match({ ...selector, parts: of }, places);
  if (unknown === network) {
    const rest = parts.filter((p) => !p.names.includes(network));
    return rest.length > 0 && found(rest).length > 0
      ? `a policy is about any network it is used with: write \`${nameText(rest)}\``
      : 'a policy is about any network it is used with: select what is in it';
  }
  if (unknown === 'input') return 'a rule is about all inputs together: `input { noise: gaussian(0.05) }`';
  const spread = parts.flatMap((part) =>
    part.names.map((name, i) => ({ names: [name], brackets: i === part.names.length - 1 ? part.brackets : [] })),
  );
  if (parts.some((p) => p.names.length > 1) && found(spread).length > 0)
    return `a dot means "directly in", a space "anywhere inside": \`${nameText(spread)}\``;
  return bracketHint(parts, found) ?? orderHint(parts, found) ?? commaHint(parts, found) ?? weightHint(parts, found);
}

/** What is there without the brackets of the last part, or of one before it. */
function bracketHint(
  parts: readonly PolicySelectorPart[],
  found: (of: readonly PolicySelectorPart[]) => readonly Place[],
): string | null {
  for (const [i, part] of parts.entries()) {
    const [bracket] = part.brackets;
    if (bracket === undefined || found(parts.slice(0, i + 1)).length > 0) continue;
    const bare = found([...parts.slice(0, i), { ...part, brackets: [] }]);
    if (bare.length === 0) continue;
    const name = part.names.join('.');
    if (bracket.kind === 'index') {
      const last = bare.length === 1 ? 'there is one: `[1]`' : `they are counted from \`[1]\` to \`[${bare.length}]\``;
      return `\`${name}\` finds ${bare.length === 1 ? 'one place' : `${bare.length} places`}; ${last}`;
    }
    if (bracket.kind === 'attribute') {
      const values = bare.flatMap((p) => {
        if (p.kind === 'block') {
          const given = p.arguments.get(bracket.key);
          return given == null ? [] : [`${bracket.key}: ${printValue(given)}`];
        }
        const value = p.kind === 'step' ? p.layer?.args[bracket.key] : undefined;
        return value === undefined ? [] : [`${bracket.key}: ${attrText(value)}`];
      });
      return values.length === 0 ? null : `there it is ${listed(quoted([...new Set(values)]), 'and')}`;
    }
    if (bracket.kind === 'not') return `\`not ${bracket.selector.text}\` leaves nothing of it`;
  }
  return null;
}

/** `conv1 stem`: what is around stands first. */
function orderHint(
  parts: readonly PolicySelectorPart[],
  found: (of: readonly PolicySelectorPart[]) => readonly Place[],
): string | null {
  const turned = parts.toReversed();
  return parts.length > 1 && found(turned).length > 0 ? `what is around stands first: \`${nameText(turned)}\`` : null;
}

/** `conv dense`: names that each find something, and nothing inside of each other. */
function commaHint(
  parts: readonly PolicySelectorPart[],
  found: (of: readonly PolicySelectorPart[]) => readonly Place[],
): string | null {
  // What is around a stage's or block's own steps may just lack them.
  const apart = parts.length > 1 && parts.every((p) => found([p]).some((place) => place.kind === 'step'));
  if (!apart) return null;
  const names = parts.map((p) => nameText([p]));
  return `a space means "anywhere inside"; for each of them write commas: \`${names.join(', ')}\``;
}

/** A layer that is there, but without that weight. */
function weightHint(
  parts: readonly PolicySelectorPart[],
  found: (of: readonly PolicySelectorPart[]) => readonly Place[],
): string | null {
  const last = parts.at(-1);
  if (last === undefined) return null;
  const weight = last.names.at(-1) ?? '';
  const outer = [...parts.slice(0, -1), { names: last.names.slice(0, -1), brackets: [] }].filter(
    (p) => p.names.length > 0,
  );
  const owners = outer.length === 0 ? [] : found(outer);
  const optional = 'write `?` behind a name to let the rule find nothing';
  if (owners.length === 0) return null;
  if (owners.every((p) => p.kind === 'slot'))
    return `what fills \`${nameText(outer)}\` here has no \`${weight}\`; ${optional}`;
  if (weight === 'bias' && owners.every((p) => p.kind === 'step'))
    return `\`${nameText(outer)}\` has no bias here, because the norm after it would take it away again; ${optional}`;
  return null;
}
