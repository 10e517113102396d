/** A network as a whole, a train, and a section of its policy, explained. */

import { printExpression } from '../../parser/print-expression.ts';
import type { Setting } from '../../parser/tree.ts';
import { type IdleReason, idleBy, pinOf, whyLost } from '../cascade.ts';
import { firstPath } from '../first-path.ts';
import type { LostReason, Model, TrainConfig, Weight } from '../model.ts';
import type { BuiltNetwork } from '../network.ts';
import { setFile } from '../override.ts';
import type { Place } from '../places.ts';
import type { FlatRule, FlatSetting } from '../policy.ts';
import { printValue } from '../printing.ts';
import { formulaOf, winnersOf } from '../sections/index.ts';
import { fromBound } from '../syntax.ts';
import type { CheckedTrain } from '../train.ts';
import { type TrainKey, trainKeys } from '../train-keys.ts';
import { isSlot, type Section, sections } from '../words.ts';
import { ownerOf, sectionSettingOf } from './cascade.ts';
import type {
  NetworkExplanation,
  PolicyExplanation,
  RuleExplanation,
  SectionExplanation,
  TrainExplanation,
} from './explanation.ts';
import { groupsOf, updateOf } from './update.ts';

/** `train`: what it begins from says whether initial values have an effect. */
export function explainNetwork(built: BuiltNetwork, train: TrainConfig | null): NetworkExplanation {
  const { model, places, parameters } = built;
  const weights = firstPath(model).flatMap((l) => l.weights);
  const total = (of: (w: Weight) => boolean): number =>
    weights.filter(of).reduce((n, w) => n + w.spec.shape.reduce((m, d) => m * d, 1), 0);
  const empty = places.flatMap((p) => {
    if (p.kind !== 'slot' || model.layers.some((l) => l.path === p.path)) return [];
    return [p.path];
  });
  return {
    kind: 'network',
    network: model.network,
    policy: model.policy,
    span: built.declaration.name.span,
    trained: total((w) => w.trainable),
    frozen: total((w) => w.frozen && w.spec.role !== 'statistic'),
    statistics: total((w) => w.spec.role === 'statistic'),
    choices: model.choices.length,
    parameters: [...parameters].flatMap(([name, value]) =>
      value === null ? [] : [{ name, value: printValue(value) }],
    ),
    rules: rulesOf(built, train),
    sections: sections.map((s) => explainSection(s, built)).filter((s) => s.settings.length > 0),
    empty,
  };
}

const rulesOf = (built: BuiltNetwork, train: TrainConfig | null): readonly RuleExplanation[] =>
  (built.policy?.rules ?? []).flatMap((rule) => rule.settings.map((s) => ruleOf(rule, s, built, train?.start != null)));

export function explainPolicy(name: string, built: BuiltNetwork, train: TrainConfig | null): PolicyExplanation {
  const owner = `policy ${name}`;
  return {
    kind: 'policy',
    name,
    network: built.model.network,
    policy: built.model.policy,
    span: built.scope.policies.get(name)?.name.span ?? null,
    rules: rulesOf(built, train).filter((r) => r.policy === owner),
  };
}

function ruleOf(
  rule: FlatRule,
  setting: FlatSetting,
  { cutOff, reached }: BuiltNetwork,
  started: boolean,
): RuleExplanation {
  const places: Place[] = [];
  const reasons: LostReason[] = [];
  const idle = new Map<IdleReason, number>();
  let inForce = 0;
  for (const [place, keys] of reached) {
    const [first, ...losers] = keys.get(setting.key) ?? [];
    if (first === undefined) continue;
    const pinned = pinOf(place, setting.key) !== null;
    if (first.setting === setting) {
      places.push(place);
      const idleHere = idleBy(setting.key, place, reached, started);
      if (pinned) reasons.push('pin');
      else if (idleHere !== null) idle.set(idleHere, (idle.get(idleHere) ?? 0) + 1);
      else inForce++;
      continue;
    }
    const own = losers.find((c) => c.setting === setting);
    if (own === undefined) continue;
    places.push(place);
    reasons.push(pinned ? 'pin' : whyLost(own, first));
  }
  const roles = new Set(
    places.map((p) => (p.kind === 'weight' ? (p.spec.role === 'kernel' ? 'kernel' : 'weight') : '')),
  );
  const kinds = new Set(places.map((p) => p.kind));
  const noun =
    isSlot(setting.key) && kinds.has('slot')
      ? 'slot'
      : kinds.size > 0 && !kinds.has('weight')
        ? 'layer'
        : roles.size === 1 && roles.has('kernel')
          ? 'kernel'
          : 'weight';
  return {
    policy: ownerOf(rule.origin),
    rule: rule.kind === 'filling' ? setting.key : rule.selectors.map((s) => s.text).join(', '),
    key: rule.kind === 'filling' ? '' : setting.key,
    value: printValue(setting.value),
    span: setting.span,
    of: places.length === 1 ? noun : `${noun}s`,
    reaches: places.length,
    inForce,
    idle: [...idle].map(([reason, count]) => ({ reason, count })),
    cutOff: cutOff.flatMap((c) => (c.rule === rule && c.settings.includes(setting) ? [c.selector.text] : [])),
    optional: rule.selectors.every((s) => s.optional),
    why: inForce > 0 || idle.size > 0 ? null : (commonest(reasons) ?? null),
  };
}

function commonest(reasons: readonly LostReason[]): LostReason | undefined {
  const count = (r: LostReason): number => reasons.filter((x) => x === r).length;
  return reasons.toSorted((a, b) => count(b) - count(a))[0];
}

/** `gradient`, `input` or `stop`: what is in force of it, and what lost. */
export function explainSection(section: Section, { model, policy }: BuiltNetwork): SectionExplanation {
  const said = (policy?.sections ?? []).filter((s) => s.section === section);
  return {
    kind: 'section',
    section,
    network: model.network,
    policy: model.policy,
    settings: winnersOf(said).map((won) => ({
      ...sectionSettingOf(
        won,
        said.filter((s) => s.key === won.key && s !== won),
      ),
      formula: formulaOf(won),
    })),
  };
}

export function explainTrain(train: CheckedTrain): TrainExplanation {
  const { model } = train;
  return {
    kind: 'train',
    train: train.name,
    network: model.network,
    policy: model.policy,
    span: train.span,
    settings: trainKeys.flatMap((key) => {
      const written = train.written.get(key);
      const value = written === undefined ? defaultOf(key, train) : printExpression(written.value);
      if (value === null) return [];
      const full = fullOf(key, train);
      return [
        {
          key,
          value,
          full: full === value ? null : full,
          from: written === undefined ? ('default' as const) : isSet(written) ? ('set' as const) : ('spec' as const),
          span: written?.span ?? null,
        },
      ];
    }),
    update: updateOf(null, model, train),
    groups: groupsOf(model),
  };
}

/** Set from the command line, as a whole or in one of its arguments. */
const isSet = ({ value, span }: Setting): boolean =>
  span.file === setFile || (value.kind === 'call' && value.arguments.some((a) => a.value.span.file === setFile));

/** What a key is when it is not written; null for what there is nothing to say of. */
function defaultOf(key: TrainKey, train: TrainConfig): string | null {
  switch (key) {
    case 'policy':
      return train.model.policy;
    case 'schedule':
      return train.schedule.def.name;
    case 'last':
      return train.last;
    case 'seed':
      return String(train.seed);
    case 'epochs':
      return String(train.epochs);
    default:
      return null;
  }
}

/** With every argument written out. */
function fullOf(key: TrainKey, train: TrainConfig): string | null {
  const [only, ...more] = train.losses;
  if (key === 'loss') return only === undefined || more.length > 0 ? null : printExpression(fromBound(only.loss));
  const bounds = { optimizer: train.optimizer, schedule: train.schedule, average: train.average };
  const bound = key === 'optimizer' || key === 'schedule' || key === 'average' ? bounds[key] : null;
  return bound === null ? null : printExpression(fromBound(bound));
}

/** Names that a target may have: to offer one instead of a misspelt one. */
export const namesOf = (model: Model, places: readonly Place[]): readonly string[] => [
  ...new Set([
    ...places.flatMap((p) => ('word' in p ? [p.word] : [])),
    ...places.flatMap((p) => (p.kind === 'weight' ? [] : [p.path, p.name])),
    ...places.flatMap((p) => [p.name, p.path]),
    model.network,
    ...sections,
    ...model.inputs.map((i) => i.name),
    ...model.groups.map((g) => g.path),
  ]),
];
