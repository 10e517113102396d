/** Settings that do nothing in the network they are used with: selectors that find nothing, settings that reach nothing. */
import { lints } from '../diagnostics/catalog/lints.ts';
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { layers } from '../ir/ops/index.ts';
import type { Name } from '../parser/tree.ts';
import type { Finding, Reached } from './cascade.ts';
import type { Place } from './places.ts';
import type { FlatPolicy, FlatSetting } from './policy.ts';
import { textOf } from './selector-of.ts';
import { isCalled, match, type PolicySelector } from './selectors.ts';
import { isUnsupported } from './unsupported.ts';
import { isSlot } from './words.ts';

export interface Applied {
  readonly network: Name;
  readonly policy: FlatPolicy;
  /** With weights. */
  readonly places: readonly Place[];
  readonly reached: Reached;
  readonly findings: readonly Finding[];
}

export function checkFindings(applied: Applied, report: Report): void {
  const { network, places, findings } = applied;
  for (const { rule, selector, found, reached } of findings) {
    checkBrackets(selector, applied, report);
    if (selector.optional) continue;
    if (found.length === 0) {
      const more = { places: { network: network.span } };
      if (rule.kind === 'filling')
        report(
          policies.fillingFindsNothing.at(
            selector.span,
            { slot: selector.text, network: network.text, other: null },
            more,
          ),
        );
      else if (!asksForUnknownAttribute(selector, places))
        report(policies.findsNothing.at(selector.span, whyNothing(selector, applied), more));
      continue;
    }
    for (const { setting, places: targets } of reached) {
      if (targets.length === 0) reportUnreached(setting, selector, found, report);
      else checkTrained(setting, targets, report);
    }
  }
  checkLosers(applied, report);
}

/** What stands in brackets must exist too. */
function checkBrackets(selector: PolicySelector, applied: Applied, report: Report): void {
  for (const [i, part] of selector.parts.entries()) {
    for (const bracket of part.brackets) {
      if (bracket.kind === 'not') {
        if (!bracket.selector.optional && match(bracket.selector, applied.places).length === 0) {
          report(
            policies.findsNothing.at(bracket.selector.span, whyNothing(bracket.selector, applied), {
              places: { network: applied.network.span },
            }),
          );
        }
      } else if (bracket.kind === 'attribute') {
        const { of, known } = attributesOf(selector, i, applied.places);
        if (of.length > 0 && !known.includes(bracket.key)) {
          report(
            policies.unknownAttribute.at(bracket.keySpan, {
              attribute: bracket.key,
              of,
              nearest: nearest(bracket.key, known),
              known,
            }),
          );
        }
      }
    }
  }
}

/** The ops that a part of a selector finds without its brackets, and the arguments they have. */
function attributesOf(
  selector: PolicySelector,
  part: number,
  places: readonly Place[],
): { readonly of: readonly string[]; readonly known: readonly string[] } {
  const bare = selector.parts.slice(0, part + 1).map((p, i) => (i === part ? { ...p, brackets: [] } : p));
  const found = match({ ...selector, parts: bare }, places);
  const of = [...new Set(found.map((p) => ('word' in p ? p.word : p.path)))];
  const known = new Set(
    found.flatMap((p) => (p.kind === 'step' && p.layer !== null ? Object.keys(p.layer.def.signature) : [])),
  );
  return { of, known: [...known] };
}

const asksForUnknownAttribute = (selector: PolicySelector, places: readonly Place[]): boolean =>
  selector.parts.some((part, i) =>
    part.brackets.some((b) => {
      if (b.kind !== 'attribute') return false;
      const { of, known } = attributesOf(selector, i, places);
      return of.length > 0 && !known.includes(b.key);
    }),
  );

/** The facts of "finds nothing": which name is unknown, what may have been meant. */
function whyNothing(selector: PolicySelector, { places, network }: Applied) {
  const written = selector.parts.flatMap((p) => p.names);
  const unknown = written.find((name) => !places.some((p) => isCalled(p, name))) ?? null;
  const isWord =
    unknown !== null && (Object.hasOwn(layers, unknown) || isUnsupported('layer', unknown) || isSlot(unknown));
  const called = [...new Set(places.flatMap((p) => ('word' in p ? [p.name, p.word] : [p.name])))];
  return {
    selector: selector.text,
    network: network.text,
    unknown,
    nearest: unknown === null || isWord ? null : nearest(unknown, called),
    hint: hintFor(selector, places),
  };
}

function hintFor(selector: PolicySelector, places: readonly Place[]): string | null {
  const last = selector.parts.at(-1);
  if (last === undefined) return null;
  const spread = selector.parts.flatMap((part) =>
    part.names.map((name, i) => ({ names: [name], brackets: i === part.names.length - 1 ? part.brackets : [] })),
  );
  if (selector.parts.some((p) => p.names.length > 1) && match({ ...selector, parts: spread }, places).length > 0) {
    return `a dot means "directly in", a space "anywhere inside": \`${spread.map((p) => p.names.join('.')).join(' ')}\``;
  }
  const layer = {
    ...selector,
    parts: [...selector.parts.slice(0, -1), { names: last.names.slice(0, -1), brackets: [] }].filter(
      (p) => p.names.length > 0,
    ),
  };
  const owners = layer.parts.length === 0 ? [] : match(layer, places);
  if (owners.length > 0 && owners.every((p) => p.kind === 'slot')) {
    return `what fills \`${layer.parts.map((p) => p.names.join('.')).join(' ')}\` here has no \`${last.names.at(-1)}\`; write \`?\` behind a name to let the rule find nothing`;
  }
  return null;
}

function reportUnreached(
  setting: FlatSetting,
  selector: PolicySelector,
  found: readonly Place[],
  report: Report,
): void {
  const what = [...new Set(found.map((p) => (p.kind === 'weight' ? p.path : 'word' in p ? p.word : p.name)))];
  const onNorm = found.every((p) => p.kind === 'slot' && p.word === 'norm');
  const help = isSlot(setting.key)
    ? `\`${setting.key}: …\` fills slots: select the slot itself, or a stage that has some`
    : onNorm
      ? `on a layer \`${setting.key}\` means its kernel; the weights of a norm are named: \`${weightOf(selector, 'gamma')}\``
      : `on a layer \`${setting.key}\` means its kernel, as of \`conv\` and \`dense\``;
  report(
    policies.reachesNothing.at(setting.span, {
      key: setting.key,
      selector: selector.text,
      found: what,
      needs: isSlot(setting.key) ? `\`${setting.key}\` slot` : 'kernel',
      help,
    }),
  );
}

/** `norm.gamma[first]`: brackets stand behind all names of a part. */
const weightOf = ({ parts }: PolicySelector, weight: string): string =>
  textOf(parts.map((p, i) => (i === parts.length - 1 ? { ...p, names: [...p.names, weight] } : p)));

/** Moving statistics take an initial value, but nothing that acts on gradients. */
function checkTrained(setting: FlatSetting, targets: readonly Place[], report: Report): void {
  if (setting.key !== 'decay' && setting.key !== 'penalty') return;
  const statistic = targets.find((p) => p.kind === 'weight' && p.spec.role === 'statistic');
  if (statistic !== undefined)
    report(policies.notTrained.at(setting.span, { key: setting.key, weight: statistic.path }));
}

/** A setting that loses everywhere to rules of its own policy, or to pins. What `extends` overrides is meant to lose. */
function checkLosers({ network, policy, reached }: Applied, report: Report): void {
  const inForce = new Set<FlatSetting>();
  const lost = new Map<FlatSetting, { readonly by: FlatSetting['span'] | null; readonly inherited: boolean }>();
  for (const [place, keys] of reached) {
    for (const [winner, ...losers] of keys.values()) {
      if (winner === undefined) continue;
      const pin = place.kind === 'slot' ? place.pin : null;
      if (pin === null) inForce.add(winner.setting);
      else lost.set(winner.setting, { by: pin.value.span, inherited: false });
      for (const loser of losers) {
        const before = lost.get(loser.setting);
        const inherited = loser.rule.policy !== winner.rule.policy || before?.inherited === true;
        lost.set(loser.setting, { by: pin === null ? winner.setting.span : pin.value.span, inherited });
      }
    }
  }
  for (const rule of policy.rules) {
    if (rule.policy !== policy.name) continue;
    for (const setting of rule.settings) {
      const to = lost.get(setting);
      if (to === undefined || to.inherited || inForce.has(setting)) continue;
      report(
        lints.losesEverywhere.at(
          setting.span,
          {
            key: setting.key,
            selector: rule.kind === 'filling' ? `policy ${rule.policy}` : rule.selectors.map((s) => s.text).join(', '),
            network: network.text,
          },
          { places: { winner: to.by } },
        ),
      );
    }
  }
}
