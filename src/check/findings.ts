/** Settings that do nothing in the network they are used with: selectors that find nothing, settings that reach nothing. */
import { lints } from '../diagnostics/catalog/lints.ts';
import { policies } from '../diagnostics/catalog/policies.ts';
import { randomness } from '../diagnostics/catalog/randomness.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { listed, quoted } from '../diagnostics/wording.ts';
import type { Name } from '../parser/tree.ts';
import { cascade, type Finding, freezes, pinOf, type Reached, winnerOf } from './cascade.ts';
import type { Place, SlotPlace } from './places.ts';
import type { FlatPolicy, FlatRule, FlatSetting } from './policy.ts';
import { textOf } from './selector-of.ts';
import { match, type PolicySelector } from './selectors.ts';
import { isNeutral, settingOf } from './settings/index.ts';
import { reachOf } from './targets.ts';
import { whyNothing } from './why-nothing.ts';
import { isSlot } from './words.ts';

interface Applied {
  readonly network: Name;
  readonly policy: FlatPolicy;
  /** With weights. */
  readonly places: readonly Place[];
  readonly reached: Reached;
  readonly findings: readonly Finding[];
  /** The places as they are without what comes behind the declaration at that position: as that one sees them. */
  readonly seenBy: (position: number) => readonly Place[];
}

/** Settings that find nothing because a later policy or an override took away what they are about. */
export interface CutOff {
  readonly rule: FlatRule;
  readonly selector: PolicySelector;
  readonly settings: readonly FlatSetting[];
}

/** Reports what does nothing, and returns what was cut off, which is meant to happen. */
export function checkFindings(applied: Applied, report: Report): readonly CutOff[] {
  const cutOff: CutOff[] = [];
  // What a mistake keeps from reaching anything is not said to be missing where it is undone.
  const wrong = new Set(applied.policy.wrong);
  for (const finding of applied.findings) {
    checkBrackets(finding.selector, applied, report);
    if (finding.selector.optional) continue;
    const lacking = finding.found.length === 0 ? finding.rule.settings : finding.reached.flatMap(withoutPlaces);
    if (lacking.length === 0) continue;
    const cut = wereReached(finding, lacking, applied);
    if (cut.length > 0) cutOff.push({ rule: finding.rule, selector: finding.selector, settings: cut });
    const left = lacking.filter((s) => !cut.includes(s));
    if (left.length === 0) continue;
    for (const setting of left) wrong.add(setting.key);
    if (finding.found.length === 0) reportFindsNothing(finding, applied, report);
    else for (const setting of left) reportUnreached(setting, finding.selector, finding.found, report);
  }
  for (const rule of applied.policy.rules)
    for (const setting of rule.settings) checkEffect(rule, setting, applied, wrong, report);
  checkLosers(applied, report);
  return cutOff;
}

const withoutPlaces = (r: Finding['reached'][number]): readonly FlatSetting[] =>
  r.places.length === 0 ? [r.setting] : [];

/** Settings that had something to do before what comes behind their declaration. */
function wereReached(
  { rule, selector }: Finding,
  settings: readonly FlatSetting[],
  { policy, seenBy }: Applied,
): readonly FlatSetting[] {
  if (!policy.rules.some((r) => r.origin.position > rule.origin.position)) return [];
  const own: FlatRule = { ...rule, selectors: [selector] };
  const [before] = cascade({ ...policy, rules: [own] }, seenBy(rule.origin.position)).findings;
  return settings.filter((s) => before?.reached.some((r) => r.setting === s && r.places.length > 0));
}

function reportFindsNothing({ rule, selector }: Finding, applied: Applied, report: Report): void {
  const { network, places } = applied;
  const more = { places: { network: network.span } };
  if (rule.kind === 'filling')
    report(
      policies.fillingFindsNothing.at(selector.span, { slot: selector.text, network: network.text, other: null }, more),
    );
  else if (!asksForUnknownAttribute(selector, places))
    report(policies.findsNothing.at(selector.span, whyNothing(selector, places, network.text), more));
}

/** What stands in brackets must exist too. */
function checkBrackets(selector: PolicySelector, applied: Applied, report: Report): void {
  for (const [i, part] of selector.parts.entries()) {
    for (const bracket of part.brackets) {
      if (bracket.kind === 'not') {
        if (!bracket.selector.optional && match(bracket.selector, applied.places).length === 0) {
          report(
            policies.findsNothing.at(
              bracket.selector.span,
              whyNothing(bracket.selector, applied.places, applied.network.text),
              {
                places: { network: applied.network.span },
              },
            ),
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
              hint: askTheLayer(selector, i, applied.places),
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
  const of = [...new Set(found.map((p) => ('word' in p ? p.word : p.name)))];
  const known = new Set(
    found.flatMap((p) =>
      p.kind === 'step' && p.layer !== null
        ? Object.keys(p.layer.def.signature)
        : p.kind === 'block'
          ? [...p.arguments.keys()]
          : [],
    ),
  );
  return { of, known: [...known] };
}

/** `conv.kernel[stride: 2]`: it is the layer that has arguments. */
function askTheLayer(selector: PolicySelector, part: number, places: readonly Place[]): string | null {
  const of = selector.parts[part];
  if (of === undefined || of.names.length < 2) return null;
  const bare = selector.parts.slice(0, part + 1).map((p, i) => (i === part ? { ...p, brackets: [] } : p));
  if (!match({ ...selector, parts: bare }, places).every((p) => p.kind === 'weight')) return null;
  const [layer, weight] = [of.names.slice(0, -1), of.names.slice(-1)];
  const parts = [
    { names: layer, brackets: of.brackets },
    { names: weight, brackets: [] },
  ];
  return `ask it of the layer: \`${textOf(parts)}\``;
}

const asksForUnknownAttribute = (selector: PolicySelector, places: readonly Place[]): boolean =>
  selector.parts.some((part, i) =>
    part.brackets.some((b) => {
      if (b.kind !== 'attribute') return false;
      const { of, known } = attributesOf(selector, i, places);
      return of.length > 0 && !known.includes(b.key);
    }),
  );

/** Layers that have a kernel. */
const kernelOf: ReadonlySet<string> = new Set(['conv', 'dense']);

function reportUnreached(
  setting: FlatSetting,
  selector: PolicySelector,
  found: readonly Place[],
  report: Report,
): void {
  const what = [...new Set(found.map((p) => (p.kind === 'weight' ? p.path : 'word' in p ? p.word : p.name)))];
  const onNorm = found.every((p) => p.kind === 'slot' && p.word === 'norm');
  const { key } = setting;
  const reach = reachOf(setting);
  if (reach === 'outputs') {
    reportNoOutput(setting, selector, found, report);
    return;
  }
  const onKernels =
    key === 'drop' &&
    found.every((p) => (p.kind === 'weight' ? p.spec.role === 'kernel' : p.kind === 'step' && kernelOf.has(p.word)));
  const ofAll = settingOf(key)?.reaches === 'weights';
  const help = reach.startsWith('slots')
    ? onKernels
      ? `\`${key}: …\` fills slots; the kernel of a layer is dropped by \`drop: dropconnect(drop: 0.5)\``
      : `\`${key}: …\` fills slots: select the slot itself, or a stage that has some`
    : ofAll
      ? 'select something that has weights, such as `conv`, `dense` or a norm'
      : setting.effect.kind === 'method'
        ? `\`${setting.effect.method.def.name}\` is for kernels: select a layer that has one, such as \`dense\`, or \`dense.kernel\``
        : onNorm
          ? `on a layer \`${key}\` means its kernel; the weights of a norm are named: \`${weightOf(selector, 'gamma')}\``
          : `on a layer \`${key}\` means its kernel, as of \`conv\` and \`dense\``;
  const needs = reach.startsWith('slots') ? `\`${key}\` slot` : ofAll ? 'weights' : 'kernel';
  report(policies.reachesNothing.at(setting.span, { key, selector: selector.text, found: what, needs, help }));
}

/** Noise is for what a layer gives, or for weights that are named. */
function reportNoOutput(setting: FlatSetting, selector: PolicySelector, found: readonly Place[], report: Report): void {
  const [place] = found;
  if (place === undefined) return;
  if (place.kind === 'stage' || place.kind === 'block')
    report(randomness.noiseOnMany.at(setting.span, { selector: selector.text, what: place.kind }));
  else report(randomness.noiseOnStatistic.at(setting.span, { weight: place.path, layer: place.parent?.path ?? '' }));
}

/** `norm.gamma[first]`: brackets stand behind all names of a part. */
const weightOf = ({ parts }: PolicySelector, weight: string): string =>
  textOf(parts.map((p, i) => (i === parts.length - 1 ? { ...p, names: [...p.names, weight] } : p)));

/** What a setting cannot do where it is in force: act on gradients that are not there, undo what nobody did. */
function checkEffect(
  rule: FlatRule,
  setting: FlatSetting,
  { reached, findings }: Applied,
  wrong: ReadonlySet<string>,
  report: Report,
): void {
  const { key, effect } = setting;
  const own = findings.filter((f) => f.rule === rule);
  const targets = own.flatMap((f) => f.reached.flatMap((r) => (r.setting === setting ? r.places : [])));
  if (targets.length === 0) return;
  const acts = settingOf(key)?.acts === 'on updates';
  if (acts || key === 'trainable') {
    const statistic = own.flatMap((f) => f.found).find((p) => p.kind === 'weight' && p.spec.role === 'statistic');
    if (statistic !== undefined) {
      const facts = { key, weight: statistic.path, layer: statistic.parent?.path ?? '' };
      report(policies.notTrained.at(setting.span, facts));
      return;
    }
  }
  if (acts && !isNeutral(effect)) {
    const freezing = targets.map((p) => freezes(p, reached));
    const by = freezing[0];
    if (by != null && !freezing.includes(null) && by.rule.origin.position <= rule.origin.position) {
      const facts = { key, weights: [...new Set(targets.map((p) => p.path))] };
      report(policies.onFrozen.at(setting.span, facts, { places: { frozen: by.setting.span } }));
    }
  }
  // Noise of a layer that is not there: a slot that nothing fills.
  const empty = (place: Place): boolean =>
    place.kind === 'slot' && place.word !== key && !isSlot(key) && !isFilled(place, reached);
  if (targets.every(empty) && !isNeutral(effect) && rule.origin.kind !== 'set') {
    const facts = {
      what: `\`${key}\` of ${listed(quoted([...new Set(targets.map((p) => p.path))]), 'and')}`,
      why: targets.length === 1 ? 'nothing fills this slot' : 'nothing fills these slots',
      instead: 'fill the slot, or select a layer that is there',
    };
    report(policies.doesNothing.at(setting.span, facts));
    return;
  }
  // `none` that reaches slots empties them; where it reaches kernels alone it takes methods away, if there are any.
  const emptiesSlots = effect.kind === 'fill' && targets.some((p) => p.kind === 'slot');
  if (!isNeutral(effect) || emptiesSlots || rule.origin.kind === 'set' || wrong.has(key)) return;
  const undone = targets.some((p) =>
    (reached.get(p)?.get(key) ?? []).some((c) => c.setting !== setting && !isNeutral(c.setting.effect)),
  );
  const facts = settingOf(key)?.reset ?? (isSlot(key) ? noMethod(key) : null);
  if (!undone && facts !== null) {
    report(policies.doesNothing.at(setting.span, { what: `\`${key}: ${facts.value}\``, ...facts }));
  }
}

const isFilled = (place: SlotPlace, reached: Reached): boolean =>
  place.pin === null
    ? winnerOf(reached, place, place.word, 'fill')?.effect.method != null
    : place.pin.method !== null && place.pin.method !== 'none';

/** `dense { drop: none }` where no kernel has a method. */
const noMethod = (key: string) => ({
  value: 'none',
  why: `no slot \`${key}\` is inside of what it selects, and no rule sets a \`${key}\` of its kernels`,
  instead: `select the slot itself, \`${key}\`, or a stage that has one`,
});

/** A setting that loses everywhere to rules of its own policy, or to pins. What a later policy overrides is meant to lose. */
function checkLosers({ network, policy, reached }: Applied, report: Report): void {
  const inForce = new Set<FlatSetting>();
  const lost = new Map<FlatSetting, { readonly by: Span | null; readonly pinned: boolean; readonly meant: boolean }>();
  for (const [place, keys] of reached) {
    for (const [key, [winner, ...losers]] of keys) {
      if (winner === undefined) continue;
      const pin = pinOf(place, key);
      if (pin === null) inForce.add(winner.setting);
      else lost.set(winner.setting, { by: pin.value.span, pinned: true, meant: false });
      for (const loser of losers) {
        const before = lost.get(loser.setting);
        const meant = loser.rule.origin.position !== winner.rule.origin.position || before?.meant === true;
        const by = pin === null ? winner.setting.span : pin.value.span;
        lost.set(loser.setting, { by, pinned: pin !== null, meant });
      }
    }
  }
  for (const rule of policy.rules) {
    if (rule.origin.kind === 'base') continue;
    for (const setting of rule.settings) {
      const to = lost.get(setting);
      if (to === undefined || to.meant || inForce.has(setting)) continue;
      const places = { winner: to.by };
      if (rule.origin.kind === 'set' && to.pinned)
        report(
          policies.overridePinned.at(
            setting.span,
            { key: setting.key, network: network.text },
            { places: { pin: to.by } },
          ),
        );
      else {
        const selector =
          rule.kind === 'filling' ? `policy ${rule.origin.policy}` : rule.selectors.map((s) => s.text).join(', ');
        report(
          lints.losesEverywhere.at(
            setting.span,
            { key: setting.key, selector, network: network.text, pinned: to.pinned },
            { places },
          ),
        );
      }
    }
  }
}
