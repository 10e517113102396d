/** A train declaration: network, policy, data and how to learn, checked together. */
import { training } from '../diagnostics/catalog/training.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Setting, TrainDeclaration } from '../parser/tree.ts';
import { checkAugmentation } from './augment/check.ts';
import { bindTargets } from './binding.ts';
import { checkData } from './data/index.ts';
import { refuseInexactTraining } from './exact.ts';
import { readSettings, type Settings } from './keys.ts';
import { lintTrain, refuseNormOfOne, refuseSlices } from './lints/index.ts';
import { type OwnLoss, parametersOf } from './loss/declaration.ts';
import { fitMetrics, readMetrics } from './metrics/read.ts';
import type { TrainConfig } from './model.ts';
import { type BuiltNetwork, buildNetwork } from './network.ts';
import { noOverrides, overrideSettings } from './override.ts';
import { checkPriors } from './priors.ts';
import { find, type Scope } from './scope.ts';
import { sizesFrom, withoutSizes } from './sizes.ts';
import { type TrainKey, trainKeys } from './train-keys.ts';
import { readAverage, readReuse, refuseLateAverage, refuseReuse, reuseOf, stopOf } from './train-loop.ts';
import { ownLosses, readLosses } from './train-losses.ts';
import { readOptimizer } from './train-optimizer.ts';
import { readSchedule, refuseScheduleLength, refuseUnseenPlateau } from './train-schedule.ts';
import { readLast, readStart, whole } from './train-settings.ts';
import { type Overrides, readNetwork } from './uses.ts';
import { describe } from './values.ts';

const required = ['network', 'data', 'loss', 'optimizer', 'batch', 'epochs'] as const;
const examples: Readonly<Record<(typeof required)[number], string>> = {
  network: 'network: LeNet',
  data: 'data: FashionMnist',
  loss: 'loss: cross_entropy',
  optimizer: 'optimizer: adam(rate: 1e-3)',
  batch: 'batch: 64',
  epochs: 'epochs: 5',
};

/** A train with what its resolved spec is printed from. */
export interface CheckedTrain extends TrainConfig {
  readonly origin: BuiltNetwork;
  /** Its settings as they are written, here or on the command line. */
  readonly written: ReadonlyMap<TrainKey, Setting>;
  /** Declarations of the project's own losses that it uses, and the names that they are read by. */
  readonly own: { readonly losses: readonly OwnLoss[]; readonly scope: Scope };
}

export function checkTrainDeclaration(
  train: TrainDeclaration,
  overrides: Overrides,
  scope: Scope,
  sink: Report,
): CheckedTrain | null {
  let failed = false;
  const report: Report = (d) => {
    if (d.severity === 'error') failed = true;
    sink(d);
  };
  const name = train.name.text;
  const written = overrideSettings(name, train.settings, overrides.sets ?? noOverrides(), report, (loss) =>
    parametersOf(scope.losses.get(loss)),
  );
  const settings = readSettings({ what: 'train', name, kind: 'training' }, written, trainKeys, report);
  const missing = required.filter(
    (key) => !settings.written.has(key) && !(key === 'epochs' && overrides.epochs !== undefined),
  );
  const [first] = missing;
  if (first !== undefined) {
    // What the file itself declares is likelier meant than what the manual calls it.
    const own = first === 'network' ? scope.networks : first === 'data' ? scope.data : null;
    // Maps of the scope are last declaration first.
    const declared = own === null ? [] : [...own.keys()].filter((key) => key !== '').toReversed();
    const example = declared[0] === undefined ? examples[first] : `${first}: ${declared[0]}`;
    report(training.missingKeys.at(train.name.span, { what: 'train', name, missing, example, declared }));
  }

  const network = readNetwork(settings, overrides, scope, report);
  const data = readData(settings, scope, report);
  const place = settings.written.get('data')?.value.span ?? train.name.span;
  const sizes = network && data && sizesFrom(network.declaration, data, place, report);
  const built =
    network &&
    (sizes === null
      ? buildNetwork(network, scope, withoutSizes(report))
      : buildNetwork({ ...network, sizes }, scope, report));
  const losses = readLosses(settings.values.get('loss'), built?.model ?? null, name, scope, report);
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
  const accumulate = settings.written.has('accumulate')
    ? whole(settings.values.get('accumulate'), 'accumulate', 1, report)
    : 1;
  const average = readAverage(settings.values.get('average'), report);
  const reuse = readReuse(settings.values.get('reuse_validation'), report);
  const last = readLast(settings.values.get('last'), report);
  const seed = settings.written.has('seed') ? whole(settings.values.get('seed'), 'seed', 0, report, 0xffffffff) : 0;
  const asked = readMetrics(settings.values.get('metrics'), report);
  const start = readStart(settings.values.get('start'), report);

  if (built === null || data === null) return null;
  const { model } = built;
  if (!model.layers.some((l) => l.weights.some((w) => w.trainable))) {
    report(
      training.nothingToTrain.at(settings.written.get('network')?.value.span ?? train.name.span, {
        network: model.network,
        frozen: model.layers.some((l) => l.weights.some((w) => w.frozen)),
      }),
    );
  }
  const policyAt = settings.written.get('policy')?.value.span ?? train.name.span;
  if (schedule !== null) {
    refuseScheduleLength(schedule, epochs, settings.written.get('epochs')?.value.span ?? null, report);
    refuseUnseenPlateau(schedule, data, report);
  }
  const bound = losses && sizes && bindTargets(model, data, losses, place, report);
  const metrics = asked && bound && fitMetrics(asked, bound, model, report);
  if (bound !== null) checkPriors(model, bound, settings.written.get('loss')?.value.span ?? train.name.span, report);
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
  if (optimizer !== null) refuseInexactTraining(model, { bound: optimizer.bound, span: optimizer.value.span }, report);
  if (batch !== null && last !== null)
    refuseSlices(
      model,
      { size: batch, span: settings.written.get('batch')?.value.span ?? train.name.span },
      { keeps: last === 'keep', span: settings.written.get('last')?.value.span ?? train.name.span },
      report,
    );
  if (batch === 1) refuseNormOfOne(model, settings.written.get('batch')?.value.span ?? train.name.span, report);
  const augment = bound && checkAugmentation(model, data.fields, bound, policyAt, report);
  const stop = bound && metrics && stopOf(built, { name, data, losses: bound, metrics }, report);
  if (stop === null && reuse !== null && reuse !== 'wrong') refuseReuse(reuse, name, built, report);
  if (average !== null && average !== 'wrong' && epochs !== null)
    refuseLateAverage(average, epochs, settings.written.get('epochs')?.value.span ?? null, report);
  if (failed || bound === null || optimizer === null || schedule === null) return null;
  if (batch === null || epochs === null || last === null || seed === null || metrics === null) return null;
  if (start === 'wrong' || average === 'wrong' || reuse === 'wrong' || stop === 'wrong' || accumulate === null)
    return null;
  const config: CheckedTrain = {
    name,
    model,
    data,
    losses: bound,
    optimizer: optimizer.bound,
    schedule: schedule.bound,
    augment,
    batch,
    last,
    epochs,
    accumulate,
    average: average?.bound ?? null,
    stop,
    reuse: reuse && reuseOf(reuse.bound, epochs),
    metrics,
    seed,
    start,
    span: train.span,
    origin: built,
    written: settings.written,
    own: { losses: ownLosses(losses ?? new Map(), scope), scope },
  };
  lintTrain(
    { train: config, batch: settings.written.get('batch')?.value.span ?? train.name.span, optimizer: optimizer.value },
    report,
  );
  return config;
}

function readData(settings: Settings<TrainKey>, scope: Scope, report: Report) {
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
