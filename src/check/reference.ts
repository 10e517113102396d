/** Everything the language can say today, from the tables that checking reads: for the reference page, `explain WORD` and hovers. */
import {
  ascents,
  averages,
  clips,
  constraints,
  decays,
  initializers,
  joins,
  layers,
  losses,
  noises,
  optimizers,
  penalties,
  priors,
  schedules,
  weightMethods,
} from '../ir/ops/index.ts';
import type { ParameterSpec } from '../ir/signature.ts';
import type { Entry, LayerDef } from '../ir/vocabulary.ts';
import { printExpression } from '../parser/print.ts';
import { augmentations } from './augment/table.ts';
import { preprocessings, sources } from './data/index.ts';
import { metrics } from './metrics/table.ts';
import { sectionTable } from './sections/index.ts';
import { settings } from './settings/index.ts';
import { fromGiven } from './syntax.ts';
import { reuses } from './train-loop.ts';
import { unsupported } from './unsupported.ts';
import type { Section } from './words.ts';

export interface ReferenceSection {
  readonly title: string;
  /** What its words are values of: `optimizer`, `norm`; empty for parts of networks, and where the words are keys themselves. */
  readonly keys: readonly string[];
  /** Where its words are keys: a section of policies, or `rule`. */
  readonly keysOf: Section | 'rule' | null;
  /** Where such a word is written. */
  readonly where: string;
  readonly entries: readonly ReferenceEntry[];
  /** Words of the language that this version knows and does not compile. */
  readonly later: readonly string[];
}

export interface ReferenceEntry {
  readonly name: string;
  readonly doc: string;
  readonly arguments: readonly ReferenceArgument[];
}

interface ReferenceArgument {
  readonly name: string;
  /** May be given without its name. */
  readonly positional: boolean;
  readonly accepts: string;
  /** As it would be written; null when it has none: it must be given, or another stands for it. */
  readonly default: string | null;
  readonly required: boolean;
  readonly doc: string;
}

const entryOf = ({ name, doc, signature }: Entry): ReferenceEntry => ({
  name,
  doc,
  arguments: Object.entries(signature).map(([key, spec]) => argumentOf(key, spec)),
});

function argumentOf(name: string, spec: ParameterSpec): ReferenceArgument {
  const value = spec.default;
  return {
    name,
    positional: spec.positional,
    accepts: spec.accepts,
    default: value === undefined || value === null ? null : printExpression(fromGiven(value, spec)),
    required: value === undefined,
    doc: spec.doc,
  };
}

const section = (
  title: string,
  keys: readonly string[],
  where: string,
  table: Readonly<Record<string, Entry>>,
  later: readonly string[] = [],
): ReferenceSection => ({ title, keys, keysOf: null, where, entries: Object.values(table).map(entryOf), later });

/** Settings of a section of a policy have no arguments. */
const sectionOfPolicy = (title: string, name: keyof typeof sectionTable, where: string): ReferenceSection => ({
  title,
  keys: [],
  keysOf: name,
  where,
  entries: Object.entries(sectionTable[name]).map(([key, { doc }]) => ({ name: key, doc, arguments: [] })),
  later: [],
});

/** Settings of rules are explained with what they take. */
const settingsOfRules = (): ReferenceSection => ({
  title: 'Settings of rules',
  keys: [],
  keysOf: 'rule',
  where: 'policies: `conv, dense { init: kaiming  decay: 5e-4 }`',
  entries: Object.values(settings).map(({ key, doc }) => ({ name: key, doc, arguments: [] })),
  later: [],
});

/** Everything but the parts of networks: the catalogue of methods. */
export const methods = (): readonly ReferenceSection[] =>
  reference().filter((s) => s.title !== 'Layers' && s.title !== 'Joins');

const used = (use: LayerDef['use']): Readonly<Record<string, LayerDef>> =>
  Object.fromEntries(Object.entries(layers).filter(([, def]) => def.use === use));

export const reference = (): readonly ReferenceSection[] => [
  section('Layers', [], 'steps of networks and blocks: `conv(16, kernel: 3)`', used('step'), unsupported.layer),
  section('Joins', [], 'bars: `sum { | … | … }`', joins),
  section(
    'Norms',
    ['norm'],
    'the slot `norm`: `norm: batch` in a policy, `norm(batch)` in a network',
    used('norm'),
    unsupported.norm,
  ),
  section('Activations', ['act'], 'the slot `act`: `act: relu`, `act(gelu)`', used('act'), unsupported.act),
  section('Dropout', ['drop'], 'the slot `drop`: `drop: dropout(drop: 0.3)`', used('drop'), unsupported.drop),
  section(
    'Methods of kernels',
    ['norm', 'drop'],
    'rules: `dense.kernel { drop: dropconnect(drop: 0.5) }`, `conv { norm: weight_standardization }`',
    weightMethods,
  ),
  section(
    'Noise',
    ['noise'],
    'rules: `conv { noise: gaussian(0.1) }` on what a layer gives, `dense.kernel { noise: gaussian(0.01) }` on a weight; `input { noise: gaussian(0.05) }`',
    noises,
    unsupported.noise,
  ),
  section('Initial values', ['init'], 'rules: `conv { init: kaiming }`', initializers, unsupported.initializer),
  section('Penalties', ['penalty'], 'rules: `conv { penalty: l2(1e-4) }`', penalties, unsupported.penalty),
  section('Priors', ['prior'], 'rules: `dense { prior: gaussian(sigma: 0.1) }`', priors, unsupported.prior),
  section('Decay', ['decay'], 'rules: `conv { decay: 5e-4 }`, `conv { decay: decoupled(0.01, per: step) }`', decays),
  section(
    'Constraints',
    ['constraint'],
    'rules: `dense { constraint: max_norm(3) }`',
    constraints,
    unsupported.constraint,
  ),
  section('Gradients near the weights', ['at'], '`gradient { at: sam(0.05) }`', ascents),
  section('Clipping', ['clip'], '`gradient { clip: global_norm(1) }`', clips, unsupported.clip),
  section('Optimizers', ['optimizer'], 'trains: `optimizer: adam(rate: 1e-3)`', optimizers, unsupported.optimizer),
  section('Schedules', ['schedule'], 'trains: `schedule: cosine(warmup: 100)`', schedules, unsupported.schedule),
  section('Averages of weights', ['average'], 'trains: `average: ema(decay: 0.999)`', averages),
  section('Validation data used again', ['reuse_validation'], 'trains: `reuse_validation: retrain`', reuses),
  sectionOfPolicy('Early stopping', 'stop', 'policies: `stop { patience: 5  restore: best }`'),
  sectionOfPolicy('Gradients', 'gradient', 'policies: `gradient { clip: global_norm(1)  of: total }`'),
  settingsOfRules(),
  section('Losses', ['loss'], 'trains: `loss: cross_entropy`', losses, unsupported.loss),
  section(
    'Sources of data',
    ['source', 'test'],
    'data: `source: idx("fashion-mnist")`, `test: csv("test.csv")`',
    sources,
  ),
  section(
    'Preprocessing',
    ['fields'],
    'fields of data: `image: float32[28, 28, 1] = minmax`, `= [standardize(per: channel), zca]`; `none` is none',
    preprocessings,
  ),
  section(
    'Augmentation',
    ['augment'],
    'policies: `input { augment: [flip(horizontal), crop(pad: 4)] }`',
    augmentations,
    unsupported.augmentation,
  ),
  section('Metrics', ['metrics'], 'trains: `metrics: [accuracy, top_k(5)]`', metrics, unsupported.metric),
];
