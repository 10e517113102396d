/** The loop around emitted modules with everything that it keeps switched on: phases, averages, accumulation, plateaus, resuming. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { importTrain, withEmitted } from '../../src/cli/emitted.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';
import { checkpointFile, standingOf } from '../../src/runtime/checkpoint.ts';
import type { RunConfig } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { randomKey, uniforms } from '../../src/runtime/random.ts';
import { flattenTensors, snapshot } from '../../src/runtime/tensors.ts';
import {
  type AnyTrain,
  begin,
  decodeSafetensors,
  type EpochReport,
  encodeSafetensors,
  endRun,
  loadCheckpoint,
  NrmcError,
  type Progress,
  type Run,
  renderError,
  type Samples,
  score,
  type TrainingData,
  train,
  valuesOf,
} from '../../src/runtime/training.ts';

const spec = (
  policy: string,
  settings: string,
  network = 'conv(2, kernel: 3)  norm  act  flatten  dense(6)  act  drop  dense(3)',
) => `
network Net with P {
  input image: float32[4, 4, 1]
  ${network}
}
policy P { ${policy} }
data Stripes {
  source: idx("stripes")
  fields { image: float32[4, 4, 1]   label: class(3) }
  validation: 20%
}
train net {
  network: Net   data: Stripes   loss: cross_entropy   batch: 6   seed: 3   metrics: [accuracy]
  ${settings}
}
`;

const full =
  'norm: batch  act: relu  drop: dropout(drop: 0.2)  conv, dense { penalty: l2(1e-3) }  gradient { clip: dynamic(alpha: 0.9, beta: 0.1) }';

async function withModule(text: string, use: (net: AnyTrain, config: RunConfig) => Promise<void>): Promise<void> {
  const { train: checked, diagnostics } = checkTrain(parse(text, 'stripes.nrm').tree, 'net');
  if (checked === null) throw new Error(diagnostics.map((d) => `${d.code} ${d.message}`).join('\n'));
  const files = emit(compileTrain(checked), { source: 'stripes.nrm', version: 'test', spec: resolvedSpec(checked) });
  await withEmitted(files, async (folder) => {
    const { module, config } = await importTrain(path.join(folder, 'net.train.ts'));
    await use(module, config);
  });
}

/** Pictures with a bright row, some labels of which are wrong, so that validation gets worse after a while. */
function samples(): TrainingData {
  const n = 50;
  const noise = uniforms(randomKey(9, 'noise', 'initial'), 17 * n);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 3);
  const values = Float32Array.from({ length: 16 * n }, (_, i) => {
    const bright = Math.floor((i % 16) / 4) === labels[Math.floor(i / 16)];
    return 2 * (noise[i] ?? 0) + (bright ? 0.7 : 0);
  });
  const shown = labels.map((label, i) => ((noise[16 * n + i] ?? 0) < 0.2 ? (label + 1) % 3 : label));
  const columns: Samples['columns'] = [
    { kind: 'tensor', name: 'image', dtype: 'float32', shape: [4, 4, 1], values, preprocessing: { kind: 'none' } },
    { kind: 'class', name: 'label', classes: 3, values: shown },
  ];
  const rows = Array.from({ length: n }, (_, i) => i);
  return {
    train: { columns, rows: Uint32Array.from(rows.filter((i) => i % 5 !== 0)) },
    validation: { columns, rows: Uint32Array.from(rows.filter((i) => i % 5 === 0)) },
  };
}
const data = samples();

/** Everything that a run told, and what it ended with. */
interface Story {
  readonly progress: Progress;
  readonly epochs: readonly Omit<EpochReport, 'seconds'>[];
  readonly phases: readonly string[];
  readonly weights: ReadonlyMap<string, unknown>;
}

const timeless = ({ sums, ...progress }: Progress): object => ({ ...progress, sums: { ...sums, seconds: 0 } });

/**
 * Trains in pieces: after so many batches the run ends with a checkpoint, and another one goes on from it; on from the last checkpoint
 * within the batches when it is killed.
 */
async function story(
  net: AnyTrain,
  config: RunConfig,
  { pieces = Number.POSITIVE_INFINITY, killed = false } = {},
): Promise<Story> {
  const before = tf.memory().numTensors;
  let epochs: Omit<EpochReport, 'seconds'>[] = [];
  let phases: string[] = [];
  // The last checkpoint; a list, since what hooks assign is not seen by the checker of types.
  const checkpoints: { readonly bytes: Uint8Array; readonly epochs: number; readonly phases: number }[] = [];
  for (;;) {
    let run: Run = begin(net, config.seed);
    const saved = checkpoints.at(-1);
    if (saved !== undefined) {
      const file = decodeSafetensors(saved.bytes, 'checkpoint');
      const { progress } = standingOf(file, 'checkpoint');
      run = { ...run, progress, best: loadCheckpoint(run, file, 'checkpoint', config.network) };
      // As the history of a run is cut off behind its last checkpoint.
      epochs = epochs.slice(0, saved.epochs);
      phases = phases.slice(0, saved.phases);
    }
    let steps = 0;
    const gone = new Error('killed');
    const result = await train(net, config, data, run, {
      step: () => {
        steps++;
        if (killed && steps > pieces) throw gone;
      },
      epoch: ({ seconds: _, ...report }) => void epochs.push(report),
      phase: ({ phase, next }) => void phases.push(`${phase} → ${next}`),
      stopped: () => !killed && steps >= pieces,
      checkpoint: async (at) => {
        const { tensors, metadata } = await checkpointFile(at, { history: 0, best: null }, {});
        const bytes = encodeSafetensors({ tensors, metadata });
        checkpoints.splice(0, 1, { bytes, epochs: epochs.length, phases: phases.length });
      },
    }).catch((error: unknown) => {
      if (error !== gone) throw error;
      return null;
    });
    if (result?.finished === true) {
      const { run: end } = result;
      const weights = new Map([...(await valuesOf(end.params)), ...(await valuesOf(end.state))]);
      endRun(end);
      expect(tf.memory().numTensors).toBe(before);
      return { progress: end.progress, epochs, phases, weights };
    }
    endRun(result?.run ?? run);
  }
}

const told = ({ progress, ...rest }: Story) => ({ progress: timeless(progress), ...rest });

/** What a run may keep from batch to batch, and the phases that it goes through. */
const kept: Readonly<Record<string, readonly [policy: string, settings: string, phases: readonly string[]]>> = {
  'adam, ema, accumulation, stop, retrain': [
    `${full}  stop { patience: 2 }`,
    'optimizer: adam(rate: 2e-2)  epochs: 8  accumulate: 3  average: ema(decay: 0.9)  reuse_validation: retrain',
    ['train → retrain', 'retrain → over'],
  ],
  'momentum, swa, plateau, stop by a metric, continue': [
    `${full}  stop { monitor: accuracy  patience: 2 }`,
    'optimizer: sgd(rate: 0.1, momentum: 0.9)  schedule: reduce_on_plateau(patience: 1)  epochs: 7  average: swa(start: 2)  reuse_validation: continue(limit: 2)',
    ['train → continue', 'continue → over'],
  ],
  'the best of all epochs, population statistics': [
    `norm: batch(statistics: population)  act: relu  stop { restore: best }`,
    'optimizer: adamax(rate: 2e-2)  epochs: 4',
    ['train → over'],
  ],
  'swa every few updates, the last weights': [
    'norm: batch  act: relu  stop { patience: 1  restore: last }',
    'optimizer: adam(rate: 2e-2)  epochs: 5  accumulate: 2  average: swa(start: 50%, every: 3)  reuse_validation: continue(limit: 3)',
    ['train → continue', 'continue → over'],
  ],
};

describe('a run in pieces ends as a whole one does, bit for bit', () => {
  beforeAll(() => chooseBackend('cpu'));

  test.each(Object.entries(kept))('%s', (_, [policy, settings, phases]) =>
    withModule(spec(policy, settings), async (net, config) => {
      const whole = told(await story(net, config));
      expect(whole.phases).toEqual(phases);
      for (const pieces of [1, 5]) expect(told(await story(net, config, { pieces })), `of ${pieces}`).toEqual(whole);
      // Killed, it goes on from the last checkpoint: those of epochs' ends, of up to nine batches.
      expect(told(await story(net, config, { pieces: 12, killed: true }))).toEqual(whole);
    }),
  );
});

type Values = Readonly<Record<string, readonly number[]>>;

async function valuesIn(nested: Iterable<readonly [string, tf.Tensor]>): Promise<Values> {
  const read: Record<string, readonly number[]> = {};
  for (const [name, value] of nested) read[name] = [...(await value.data())];
  return read;
}

const valuesAt = ({ params, state }: Pick<Run, 'params' | 'state'>): Promise<Values> =>
  valuesIn([...flattenTensors(params), ...flattenTensors(state)]);

/** Trains, and gives every update's weights and statistics, those at the end, and what was told. */
async function followed(net: AnyTrain, config: RunConfig, on: TrainingData = data) {
  const run = begin(net, config.seed);
  const snapshots: ReadonlyMap<string, tf.Tensor>[] = [];
  const epochs: EpochReport[] = [];
  const result = await train(net, config, on, run, {
    step: ({ updated }) => {
      const now = [...flattenTensors(run.params), ...flattenTensors(run.state)];
      if (updated) snapshots.push(new Map(now.map(([name, value]) => [name, snapshot(value)])));
    },
    epoch: (report) => void epochs.push(report),
  });
  const updates: Values[] = [];
  for (const values of snapshots) updates.push(await valuesIn(values));
  for (const values of snapshots) for (const value of values.values()) value.dispose();
  const end = await valuesAt(result.run);
  endRun(result.run);
  return { updates, end, epochs, progress: result.run.progress };
}

/** The run without stopping, averaging or using anything again. */
const plain = ({ stop: _, reuse: __, average: ___, ...config }: RunConfig): RunConfig => config;

function expectClose(found: Values, expected: Values, digits: number): void {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected))
    for (const [i, value] of values.entries()) expect(found[name]?.[i], name).toBeCloseTo(value, digits);
}

const everything: TrainingData = {
  train: { ...data.train, rows: Uint32Array.from({ length: 50 }, (_, i) => i) },
  validation: null,
};
const noisy = 'norm: batch  act: relu  drop: dropout(drop: 0.2)';

describe('early stopping', () => {
  beforeAll(() => chooseBackend('cpu'));
  const settings = 'optimizer: adam(rate: 3e-2)  epochs: 12';

  test('ends with the weights of the best epoch, when patience is over', () =>
    withModule(spec(`${noisy}  stop { patience: 3 }`, settings), async (net, config) => {
      const whole = await followed(net, plain(config));
      const { end, epochs, progress } = await followed(net, config);
      const losses = epochs.map((e) => e.validation?.loss ?? Number.NaN);
      const best = losses.indexOf(Math.min(...losses));
      expect(epochs).toHaveLength(best + 1 + 3);
      expect(epochs.length).toBeLessThan(12);
      expect(epochs.map((e) => e.watched?.isBest).lastIndexOf(true)).toBe(best);
      expect(progress.found).toMatchObject({
        why: 'patience',
        epoch: best + 4,
        kept: { epoch: best + 1, update: 7 * (best + 1) },
      });
      expect(end).toEqual(whole.updates[7 * (best + 1) - 1]);
    }));

  test('or with the last ones', () =>
    withModule(spec(`${noisy}  stop { patience: 3  restore: last }`, settings), async (net, config) => {
      const { end, updates, progress } = await followed(net, config);
      expect(progress.found?.why).toBe('patience');
      expect(end).toEqual(updates.at(-1));
    }));

  test('a value that is not finite leaves the best weights', () =>
    withModule(spec(`${noisy}  stop { patience: 9 }`, settings), async (net, config) => {
      const whole = await followed(net, plain(config));
      const losses = whole.epochs.map((e) => e.validation?.loss ?? Number.NaN).slice(0, 4);
      const best = losses.indexOf(Math.min(...losses));
      const run = begin(net, config.seed);
      let left: Values = {};
      const breaking: AnyTrain = {
        ...net,
        step(training: Parameters<AnyTrain['step']>[0], batch) {
          const report = net.step(training, batch);
          if (training.update !== 30) return report;
          report.loss.dispose();
          return { ...report, loss: tf.scalar(Number.NaN) };
        },
      };
      const error = await train(breaking, config, data, run, {
        broken: async (kept) => {
          if (kept !== null) left = await valuesAt(kept);
          return 'weights.safetensors';
        },
      }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(NrmcError);
      expect(error instanceof NrmcError && error.help).toContain(
        `the weights of epoch ${best + 1}, the best so far, are kept in weights.safetensors`,
      );
      expect(left).toEqual(whole.updates[7 * (best + 1) - 1]);
      endRun(run);
    }));

  test('an average or a sum of gradients that is not finite is named', () =>
    withModule(
      spec(`${noisy}  stop { patience: 9 }`, `${settings}  accumulate: 2  average: ema(decay: 0.9)`),
      async (net, config) => {
        for (const [name, message] of [
          ['dense1.bias.average', '`dense1.bias.average` is not finite after update 8'],
          ['dense1.bias.accumulated', '`dense1.bias` is not finite since update 5'],
        ] as const) {
          const run = begin(net, config.seed);
          const poisoned: AnyTrain = {
            ...net,
            step(training: Parameters<AnyTrain['step']>[0], batch) {
              const report = net.step(training, batch);
              const value = flattenTensors(training.optimizer).get(name);
              if (training.update === 5 && value instanceof tf.Variable)
                tf.tidy(() => value.assign(tf.fill(value.shape, Number.NaN)));
              return report;
            },
          };
          const error = await train(poisoned, config, data, run).catch((e: unknown) => e);
          expect(error instanceof NrmcError && error.message).toContain(message);
          endRun(run);
        }
      },
    ));

  test('without validation data is refused before anything is trained', () =>
    withModule(spec(`${noisy}  stop { patience: 3 }`, settings), async (net, config) => {
      const run = begin(net, config.seed);
      const error = await train(net, config, { ...data, validation: null }, run).catch((e: unknown) => e);
      expect(error instanceof NrmcError && renderError(error)).toMatchInlineSnapshot(`
        "error[NRM5122]: early stopping watches the validation \`loss\`, and no samples are held out
          = help: hold some out: \`validation: 10%\` in the data; in memory, give \`validation\` beside \`train\`
          = explain: nrmc explain NRM5122"
      `);
      endRun(run);
    }));
});

describe('the validation part used again', () => {
  beforeAll(() => chooseBackend('cpu'));

  test('retrain: the same initial weights, on all data, for as many updates as were found', () =>
    withModule(
      spec(`${noisy}  stop { patience: 2 }`, 'optimizer: adam(rate: 3e-2)  epochs: 12  reuse_validation: retrain'),
      async (net, config) => {
        const { end, epochs, progress, updates } = await followed(net, config);
        const found = progress.found?.kept.update ?? 0;
        expect(found % 7).toBe(0);
        expect(progress).toMatchObject({ phase: 'over', update: found });
        // Nine batches of all data an epoch.
        expect(epochs.filter((e) => e.phase === 'retrain').map((e) => e.update)).toEqual(
          Array.from({ length: Math.ceil(found / 9) }, (_, i) => Math.min(found, 9 * (i + 1))),
        );
        const fresh = await followed(net, plain(config), everything);
        expect(updates.slice(-found)).toEqual(fresh.updates.slice(0, found));
        expect(end).toEqual(fresh.updates[found - 1]);
      },
    ));

  test('continue: from the best weights on, until the validation loss is low enough', () =>
    withModule(
      spec(
        `norm: batch  act: relu  stop { patience: 2 }`,
        'optimizer: adam(rate: 1e-2)  epochs: 30  reuse_validation: continue(limit: 40)',
      ),
      async (net, config) => {
        const whole = await followed(net, plain(config));
        const { epochs, progress } = await followed(net, config);
        const kept = progress.found?.kept ?? { epoch: 0, update: 0 };
        // The training loss that it has to come below is that of the best weights.
        const run = begin(net, config.seed);
        const values = whole.updates[kept.update - 1] ?? {};
        for (const [name, variable] of [...flattenTensors(run.params), ...flattenTensors(run.state)])
          if (variable instanceof tf.Variable)
            tf.tidy(() => variable.assign(tf.tensor(values[name] ?? [], variable.shape)));
        const forward = (...x: readonly tf.Tensor[]) => net.evaluate(run.params, run.state, ...x);
        const { loss } = await score({ forward, lossOf: net.lossOf }, data.train, config);
        endRun(run);
        expect(progress.found?.target).toBeCloseTo(loss, 6);

        const after = epochs.filter((e) => e.phase === 'continue').map((e) => e.validation?.loss ?? Number.NaN);
        expect(after.slice(0, -1).every((l) => l >= loss)).toBe(true);
        expect(after.at(-1)).toBeLessThan(loss);
        expect(progress.reached).toMatchObject({ isBelow: true, epochs: after.length });
        expect(progress.update).toBe(kept.update + 9 * after.length);
      },
    ));

  test('continue: no longer than its limit', () =>
    withModule(
      spec(
        'norm: batch  act: relu  stop { patience: 2 }',
        'optimizer: adam(rate: 1e-2)  epochs: 30  reuse_validation: continue(limit: 1)',
      ),
      async (net, config) => {
        const { epochs, progress } = await followed(net, config);
        expect(epochs.filter((e) => e.phase === 'continue')).toHaveLength(1);
        expect(progress).toMatchObject({ phase: 'over', reached: { isBelow: false, epochs: 1 } });
      },
    ));
});

describe('averages', () => {
  beforeAll(() => chooseBackend('cpu'));

  test('ema: the run ends with the average of the weights after each update', () =>
    withModule(spec(noisy, 'optimizer: adam(rate: 3e-2)  epochs: 2  average: ema(decay: 0.8)'), async (net, config) => {
      const { updates, end } = await followed(net, config);
      const t = updates.length;
      const mean: Values = Object.fromEntries(
        Object.entries(updates.at(-1) ?? {}).map(([name, last]) => [
          name,
          // Statistics are not averaged.
          name.endsWith('.mean') || name.endsWith('.variance')
            ? last
            : last.map(
                (_, i) =>
                  updates.reduce((s, u, k) => s + 0.8 ** (t - 1 - k) * (u[name]?.[i] ?? 0), 0) * (0.2 / (1 - 0.8 ** t)),
              ),
        ]),
      );
      expectClose(end, mean, 5);
      // Averaging does not touch the training itself.
      expect((await followed(net, plain(config))).updates).toEqual(updates);
    }));

  test('swa: the mean of the ends of epochs, with statistics measured for it', () =>
    withModule(spec(noisy, 'optimizer: sgd(rate: 0.2)  epochs: 4  average: swa(start: 2)'), async (net, config) => {
      const { updates, end, progress } = await followed(net, config);
      const taken = [13, 20, 27].map((i) => updates[i] ?? {});
      const weights = Object.keys(end).filter((name) => !name.startsWith('norm1.') || /gamma|beta/.test(name));
      const only = (values: Values): Values => Object.fromEntries(weights.map((name) => [name, values[name] ?? []]));
      const mean = Object.fromEntries(
        weights.map((name) => [
          name,
          (taken[0]?.[name] ?? []).map((_, i) => taken.reduce((s, u) => s + (u[name]?.[i] ?? 0), 0) / 3),
        ]),
      );
      expectClose(only(end), mean, 5);
      // Six batches of six, in an order of their own; the smaller last one is left out.
      expect(progress.measured).toMatchObject({ batches: 6, batch: 6 });
      expect(end['norm1.mean']).not.toEqual(updates.at(-1)?.['norm1.mean']);
    }));
});

describe('accumulated gradients', () => {
  beforeAll(() => chooseBackend('cpu'));
  const net = 'conv(2, kernel: 3)  act  flatten  dense(3)';
  const settings = 'optimizer: adam(rate: 3e-2)  epochs: 2';

  test('of three batches of six make the updates of batches of eighteen', () =>
    withModule(
      spec('act: tanh  conv, dense { penalty: l2(1e-2) }', `${settings}  accumulate: 3`, net),
      async (module, config) => {
        const parts = await followed(module, config);
        expect(parts.updates).toHaveLength(6);
        await withModule(
          spec('act: tanh  conv, dense { penalty: l2(1e-2) }', settings, net).replace('batch: 6', 'batch: 18'),
          async (other, large) => {
            const whole = await followed(other, large);
            for (const [i, update] of whole.updates.entries()) expectClose(parts.updates[i] ?? {}, update, 4);
            for (const [i, { loss, penalty }] of whole.epochs.entries()) {
              expect(parts.epochs[i]?.loss).toBeCloseTo(loss, 5);
              expect(parts.epochs[i]?.penalty).toBeCloseTo(penalty, 5);
            }
          },
        );
      },
    ));

  test('of more batches than there are is refused', () =>
    withModule(spec('act: tanh', `${settings}  accumulate: 8`, net), async (module, config) => {
      const run = begin(module, config.seed);
      const error = await train(module, config, data, run).catch((e: unknown) => e);
      expect(error instanceof NrmcError && error.code).toBe('NRM5120');
      endRun(run);
    }));

  test('an average that would never begin is refused', () =>
    withModule(
      spec('act: tanh', `${settings.replace('epochs: 2', 'epochs: 4')}  average: swa(start: 3)`, net),
      async (module, config) => {
        const run = begin(module, config.seed);
        // As `--epochs` of an emitted entry may ask for.
        const error = await train(module, { ...config, epochs: 2 }, data, run).catch((e: unknown) => e);
        expect(error instanceof NrmcError && renderError(error)).toMatchInlineSnapshot(`
          "error[NRM5121]: \`swa(start: 3)\` takes its first weights at the end of epoch 3, and the run has 2 epochs
            = help: train more epochs, or write the start as a share of the run: \`swa(start: 75%)\`
            = explain: nrmc explain NRM5121"
        `);
        endRun(run);
      },
    ));

  test('an average that would take no weights is refused', () =>
    withModule(spec('act: tanh', `${settings}  average: swa(start: 50%, every: 1000)`, net), async (module, config) => {
      const run = begin(module, config.seed);
      const error = await train(module, config, data, run).catch((e: unknown) => e);
      expect(error instanceof NrmcError && renderError(error)).toMatchInlineSnapshot(`
        "error[NRM5123]: \`swa\` takes weights at updates that 1000 divides, and none of the 14 updates of the run is one behind its start
          = help: an epoch has 7 updates: take weights more often, or leave \`every\` out to take them at the ends of epochs
          = explain: nrmc explain NRM5123"
      `);
      endRun(run);
      const seldom = { ...config, average: { kind: 'swa' as const, start: 0.5, every: 11 } };
      const fine = begin(module, config.seed);
      expect((await train(module, seldom, data, fine)).finished).toBe(true);
      endRun(fine);
    }));
});

test('a network that gives its input back is compared with it, without the noise that it is given', async () => {
  await chooseBackend('cpu');
  const text = spec('input { noise: gaussian(0.2) }', 'optimizer: adam(rate: 3e-2)  epochs: 6', 'conv(1, kernel: 3)')
    .replace('loss: cross_entropy', 'loss: mean_squared_error(target: image)')
    .replace('metrics: [accuracy]', 'metrics: [mean_squared_error]');
  await withModule(text, async (module, config) => {
    const run = begin(module, config.seed);
    const told: EpochReport[] = [];
    await train(module, config, data, run, { epoch: (report) => void told.push(report) });
    const [first, last] = [told[0], told.at(-1)];
    expect(last?.loss).toBeLessThan((first?.loss ?? 0) / 2);
    const scores = last?.validation;
    expect(scores?.outputs.conv1?.mean_squared_error).toBeCloseTo(scores?.loss ?? Number.NaN, 5);
    endRun(run);
  });
});
