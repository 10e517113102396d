/** A train declaration: network, policy, data and how to learn, checked together. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { training } from '../diagnostics/catalog/training.ts';
import { unsupported as unsupportedErrors } from '../diagnostics/catalog/unsupported.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { losses as lossTable, optimizers, schedules } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { LossDef, OptimizerDef, ScheduleDef } from '../ir/vocabulary.ts';
import type { NetworkDeclaration, PolicyDeclaration, TrainDeclaration } from '../parser/tree.ts';
import { bindTargets } from './binding.ts';
import { checkData } from './data.ts';
import { bindEntry, callOf, type Refuse } from './entries.ts';
import { readSettings, type Settings } from './keys.ts';
import { lintTrain } from './lints.ts';
import type { TrainConfig } from './model.ts';
import { type BuiltNetwork, buildNetwork, type NetworkUse } from './network.ts';
import { type PolicyUse, usePolicy } from './policy.ts';
import { find, type Scope } from './scope.ts';
import { isUnsupported } from './unsupported.ts';
import { describe, emptyEnvironment } from './values.ts';

const keys = [
  'network',
  'policy',
  'data',
  'loss',
  'optimizer',
  'schedule',
  'batch',
  'last',
  'epochs',
  'metrics',
  'seed',
] as const;
type Key = (typeof keys)[number];
const required = ['network', 'data', 'loss', 'optimizer', 'batch', 'epochs'] as const;
const examples: Readonly<Record<(typeof required)[number], string>> = {
  network: 'network: LeNet',
  data: 'data: FashionMnist',
  loss: 'loss: cross_entropy',
  optimizer: 'optimizer: adam(rate: 1e-3)',
  batch: 'batch: 64',
  epochs: 'epochs: 5',
};

/** What the command line says instead of the spec; it goes through the same checks. */
export interface TrainOverrides {
  /** A policy of the file by name, or one that is not in it. */
  readonly policy?: string | PolicyDeclaration;
  readonly epochs?: number;
  /** Arguments of the network. */
  readonly arguments?: readonly ArgumentValue[];
}

/** A train with what its resolved spec is printed from. */
export interface CheckedTrain extends TrainConfig {
  readonly origin: {
    readonly network: NetworkDeclaration;
    readonly built: BuiltNetwork;
    readonly loss: Value;
    readonly optimizer: Value;
    readonly schedule: Value;
  };
}

export function checkTrainDeclaration(
  train: TrainDeclaration,
  overrides: TrainOverrides,
  scope: Scope,
  sink: Report,
): CheckedTrain | null {
  let failed = false;
  const report: Report = (d) => {
    if (d.severity === 'error') failed = true;
    sink(d);
  };
  const name = train.name.text;
  const settings = readSettings({ what: 'train', name, kind: 'training' }, train.settings, keys, report);
  const missing = required.filter(
    (key) => !settings.written.has(key) && !(key === 'epochs' && overrides.epochs !== undefined),
  );
  const [first] = missing;
  if (first !== undefined)
    report(training.missingKeys.at(train.name.span, { what: 'train', name, missing, example: examples[first] }));

  const network = readNetwork(settings, overrides, scope, report);
  const built = network && buildNetwork(network, scope, report);
  const data = readData(settings, scope, report);
  const loss = readLoss(settings.values.get('loss'), built, report);
  const optimizer = readOptimizer(settings.values.get('optimizer'), report);
  const schedule = readSchedule(
    settings.values.get('schedule'),
    optimizer?.bound ?? null,
    optimizer?.value ?? null,
    train.name.span,
    report,
  );
  const batch = whole(settings.values.get('batch'), 'batch', 1, report);
  const epochs = overrides.epochs ?? whole(settings.values.get('epochs'), 'epochs', 1, report);
  const last = readLast(settings.values.get('last'), report);
  const seed = settings.written.has('seed') ? whole(settings.values.get('seed'), 'seed', 0, report, 0xffffffff) : 0;
  const metrics = readMetrics(settings.values.get('metrics'), report);

  if (built === null || data === null) return null;
  const { model } = built;
  if (!model.layers.some((l) => l.weights.some((w) => w.trainable))) {
    report(
      training.nothingToTrain.at(settings.written.get('network')?.value.span ?? train.name.span, {
        network: model.network,
      }),
    );
  }
  const place = settings.written.get('data')?.value.span ?? train.name.span;
  const bound = loss && bindTargets(model, data, loss.bound, { data: place, loss: loss.value.span }, report);
  if (
    optimizer !== null &&
    optimizer.bound.def.name === 'adamw' &&
    !model.layers.some((l) => l.weights.some((w) => w.decay !== null))
  ) {
    report(
      training.adamwWithoutDecay.at(
        optimizer.value.span,
        { policy: model.policy },
        { places: { policy: built.policy?.span ?? null } },
      ),
    );
  }
  if (failed || bound === null || optimizer === null || schedule === null || loss === null) return null;
  if (batch === null || epochs === null || last === null || seed === null || metrics === null) return null;
  const config: CheckedTrain = {
    name,
    model,
    data,
    losses: bound,
    optimizer: optimizer.bound,
    schedule: schedule.bound,
    batch,
    last,
    epochs,
    metrics,
    seed,
    span: train.span,
    origin: {
      network: built.declaration,
      built,
      loss: loss.value,
      optimizer: optimizer.value,
      schedule: schedule.value,
    },
  };
  lintTrain(
    config,
    { batch: settings.written.get('batch')?.value.span ?? train.name.span, optimizer: optimizer.value.span },
    report,
  );
  return config;
}

function readNetwork(
  settings: Settings<Key>,
  overrides: TrainOverrides,
  scope: Scope,
  report: Report,
): NetworkUse | null {
  const value = settings.values.get('network');
  if (value === undefined) return null;
  const call = callOf(value);
  if (call === null) {
    report(
      training.badValue.at(value.span, {
        key: 'network',
        accepts: 'the name of a network',
        found: describe(value),
        nearest: null,
      }),
    );
    return null;
  }
  const declaration = find('network', scope.networks, call.name, call.span, scope, report);
  const policy = readPolicy(settings, overrides, declaration, scope, report);
  if (declaration === null || policy === 'wrong') return null;
  return { declaration, arguments: overrides.arguments ?? call.args, span: value.span, policy, missing: 'error' };
}

/** The policy in force: the override, else the train's, else the network's own. */
function readPolicy(
  settings: Settings<Key>,
  overrides: TrainOverrides,
  network: NetworkDeclaration | null,
  scope: Scope,
  report: Report,
): PolicyUse | null | 'wrong' {
  const value = settings.values.get('policy');
  if (settings.written.has('policy') && value === undefined) return 'wrong';
  const written = value === undefined ? null : namedPolicy(value, scope, report);
  if (overrides.policy !== undefined) return overridePolicy(overrides.policy, scope, report);
  if (written !== null) return written;
  return network === null ? null : ownPolicy(network, scope, report);
}

function namedPolicy(value: Value, scope: Scope, report: Report): PolicyUse | 'wrong' {
  if (value.kind === 'list') {
    report(
      unsupportedErrors.construct.at(value.span, {
        what: 'a list of policies',
        instead: 'write one policy that extends the other: `policy Both extends First { … }`',
      }),
    );
    return 'wrong';
  }
  const call = callOf(value);
  if (call === null) {
    report(
      training.badValue.at(value.span, {
        key: 'policy',
        accepts: 'the name of a policy',
        found: describe(value),
        nearest: null,
      }),
    );
    return 'wrong';
  }
  const declaration = find('policy', scope.policies, call.name, call.span, scope, report);
  return declaration === null ? 'wrong' : { declaration, arguments: call.args, span: value.span };
}

export function overridePolicy(policy: string | PolicyDeclaration, scope: Scope, report: Report): PolicyUse | 'wrong' {
  const declaration = typeof policy === 'string' ? find('policy', scope.policies, policy, null, scope, report) : policy;
  return declaration === null ? 'wrong' : { declaration, arguments: [], span: declaration.name.span };
}

/** `with Plain` */
export function ownPolicy(network: NetworkDeclaration, scope: Scope, report: Report): PolicyUse | null | 'wrong' {
  if (network.with === null) return null;
  return usePolicy(network.with, emptyEnvironment, scope, report) ?? 'wrong';
}

function readData(settings: Settings<Key>, scope: Scope, report: Report) {
  const value = settings.values.get('data');
  if (value === undefined) return null;
  if (value.kind !== 'word') {
    report(
      training.badValue.at(value.span, {
        key: 'data',
        accepts: 'the name of a data declaration',
        found: describe(value),
        nearest: null,
      }),
    );
    return null;
  }
  const declaration = find('data', scope.data, value.word, value.span, scope, report);
  return declaration && checkData(declaration, report);
}

/** How a train says that a value is not accepted. */
const refuseWith =
  (key: Key, report: Report): Refuse =>
  (value, accepts, near) =>
    report(training.badValue.at(value.span, { key, accepts, found: describe(value), nearest: near }));

interface Read<D> {
  readonly bound: Bound<D>;
  readonly value: Value;
}

function readOptimizer(value: Value | undefined, report: Report): Read<OptimizerDef> | null {
  if (value === undefined) return null;
  const vocabulary = { table: optimizers, kind: 'optimizer', noun: 'optimizer', article: 'an' } as const;
  const bound = bindEntry(value, vocabulary, emptyEnvironment, report, refuseWith('optimizer', report));
  if (bound === null) return null;
  const idle = idleSetting(bound);
  if (idle !== null) {
    report(policies.doesNothing.at(value.span, idle));
    return null;
  }
  return { bound, value };
}

/** A setting of an optimizer that changes nothing. */
function idleSetting({ def, args }: Bound<OptimizerDef>) {
  if (args.rate === 0) {
    return {
      what: `\`${def.name}\` with \`rate: 0\``,
      why: 'no step is ever made',
      instead: 'give it a rate, such as `1e-3`',
    };
  }
  if (args.nesterov === true && args.momentum === 0) {
    return { what: '`nesterov: true`', why: 'there is no momentum to look ahead by', instead: 'add `momentum: 0.9`' };
  }
  return null;
}

function readSchedule(
  value: Value | undefined,
  optimizer: Bound<OptimizerDef> | null,
  rateAt: Value | null,
  span: Span,
  report: Report,
): Read<ScheduleDef> | null {
  const given: Value = value ?? { kind: 'word', word: 'constant', span };
  const vocabulary = { table: schedules, kind: 'schedule', noun: 'schedule', article: 'a' } as const;
  const bound = bindEntry(given, vocabulary, emptyEnvironment, report, refuseWith('schedule', report));
  if (bound === null) return null;
  const { final } = bound.args;
  const rate = optimizer?.args.rate;
  if (typeof final === 'number' && typeof rate === 'number' && final >= rate) {
    const at = callOf(given)?.args.find((a) => a.name === 'final');
    report(
      training.scheduleRises.at(
        at?.span ?? given.span,
        { schedule: bound.def.name, final, rate },
        { places: { rate: rateAt?.span ?? null } },
      ),
    );
    return null;
  }
  return { bound, value: given };
}

/** One loss for the only output, or a record with the output's name. */
function readLoss(value: Value | undefined, built: BuiltNetwork | null, report: Report): Read<LossDef> | null {
  if (value === undefined) return null;
  const outputs = built?.model.outputs.map((o) => o.name);
  let given = value;
  if (value.kind === 'record') {
    const unknown = value.entries.find((e) => outputs !== undefined && !outputs.includes(e.key));
    if (unknown !== undefined) {
      report(
        training.unknownOutput.at(unknown.keySpan, {
          network: built?.model.network ?? '',
          output: unknown.key,
          known: outputs ?? [],
          nearest: nearest(unknown.key, outputs ?? []),
        }),
      );
      return null;
    }
    const [only, ...more] = value.entries;
    if (only === undefined || more.length > 0) {
      report(
        training.badValue.at(value.span, { key: 'loss', accepts: 'one loss', found: describe(value), nearest: null }),
      );
      return null;
    }
    given = only.value;
  }
  const vocabulary = { table: lossTable, kind: 'loss', noun: 'loss', article: 'a' } as const;
  const bound = bindEntry(given, vocabulary, emptyEnvironment, report, refuseWith('loss', report));
  return bound && { bound, value: given };
}

function whole(
  value: Value | undefined,
  key: Key,
  min: number,
  report: Report,
  max = Number.MAX_SAFE_INTEGER,
): number | null {
  if (value === undefined) return null;
  if (value.kind === 'number' && Number.isSafeInteger(value.value) && value.value >= min && value.value <= max)
    return value.value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  report(
    training.badValue.at(value.span, {
      key,
      accepts: `a whole number ${range}`,
      found: describe(value),
      nearest: null,
    }),
  );
  return null;
}

function readLast(value: Value | undefined, report: Report): TrainConfig['last'] | null {
  if (value === undefined) return 'keep';
  if (value.kind === 'word' && (value.word === 'keep' || value.word === 'drop')) return value.word;
  report(
    training.badValue.at(value.span, {
      key: 'last',
      accepts: '`keep` or `drop`',
      found: describe(value),
      nearest: value.kind === 'word' ? nearest(value.word, ['keep', 'drop']) : null,
    }),
  );
  return null;
}

function readMetrics(value: Value | undefined, report: Report): TrainConfig['metrics'] | null {
  if (value === undefined) return [];
  const items = value.kind === 'list' ? value.items : [value];
  const metrics = items.map((item) => {
    const call = callOf(item);
    if (item.kind === 'word' && item.word === 'accuracy') return 'accuracy';
    if (call !== null && isUnsupported('metric', call.name))
      report(unsupportedErrors.word.at(call.span, { what: 'metric', word: call.name, compiled: ['accuracy'] }));
    else
      report(
        training.badValue.at(item.span, {
          key: 'metrics',
          accepts: 'a list of metrics: `[accuracy]`',
          found: describe(item),
          nearest: call === null ? null : nearest(call.name, ['accuracy']),
        }),
      );
    return null;
  });
  const known = metrics.filter((m) => m !== null);
  if (known.length < metrics.length) return null;
  const [, again] = items;
  if (again !== undefined) {
    report(training.keyTwice.at(again.span, { what: '`metrics`:', name: 'accuracy', key: 'accuracy' }, {}));
    return null;
  }
  return known;
}
