/** Everything the language can say today, from the tables that checking reads: for the reference page, `explain WORD` and hovers. */
import {
  clips,
  decays,
  initializers,
  joins,
  layers,
  losses,
  optimizers,
  penalties,
  schedules,
} from '../ir/ops/index.ts';
import type { ParameterSpec } from '../ir/signature.ts';
import type { Entry, LayerDef } from '../ir/vocabulary.ts';
import { printExpression } from '../parser/print.ts';
import { fromAttr } from './syntax.ts';
import { unsupported } from './unsupported.ts';

export interface ReferenceSection {
  readonly title: string;
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

export interface ReferenceArgument {
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
    default: value === undefined || value === null ? null : printExpression(fromAttr(value)),
    required: value === undefined,
    doc: spec.doc,
  };
}

const section = (
  title: string,
  where: string,
  table: Readonly<Record<string, Entry>>,
  later: readonly string[] = [],
): ReferenceSection => ({ title, where, entries: Object.values(table).map(entryOf), later });

const used = (use: LayerDef['use']): Readonly<Record<string, LayerDef>> =>
  Object.fromEntries(Object.entries(layers).filter(([, def]) => def.use === use));

export const reference = (): readonly ReferenceSection[] => [
  section('Layers', 'steps of networks and blocks: `conv(16, kernel: 3)`', used('step'), unsupported.layer),
  section('Joins', 'bars: `sum { | … | … }`', joins),
  section(
    'Norms',
    'the slot `norm`: `norm: batch` in a policy, `norm(batch)` in a network',
    used('norm'),
    unsupported.norm,
  ),
  section('Activations', 'the slot `act`: `act: relu`, `act(gelu)`', used('act'), unsupported.act),
  section('Dropout', 'the slot `drop`: `drop: dropout(drop: 0.3)`', used('drop'), unsupported.drop),
  section('Initial values', 'rules: `conv { init: kaiming }`', initializers, unsupported.initializer),
  section('Penalties', 'rules: `conv { penalty: l2(1e-4) }`', penalties, unsupported.penalty),
  section('Decay', 'rules: `conv { decay: 5e-4 }`, `conv { decay: decoupled(0.01, per: step) }`', decays),
  section('Clipping', '`gradient { clip: global_norm(1) }`', clips, unsupported.clip),
  section('Optimizers', 'trains: `optimizer: adam(rate: 1e-3)`', optimizers, unsupported.optimizer),
  section('Schedules', 'trains: `schedule: cosine(warmup: 100)`', schedules, unsupported.schedule),
  section('Losses', 'trains: `loss: cross_entropy`', losses, unsupported.loss),
];
