/** What a checkpoint says of a run that goes on: where it stands, and which of its weights it is judged by. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkpointFile, standingOf } from '../../../src/runtime/checkpoint.ts';
import { withAverages } from '../../../src/runtime/loop/averages.ts';
import { begun, type Progress } from '../../../src/runtime/loop/progress.ts';
import { chooseBackend } from '../../../src/runtime/node/backend.ts';
import type { TensorFile } from '../../../src/runtime/safetensors.ts';
import { flattenTensors, variable } from '../../../src/runtime/tensors.ts';
import { loadCheckpoint, loadInto } from '../../../src/runtime/weights.ts';
import { refusal } from '../node/helpers.ts';

beforeAll(() => chooseBackend('cpu'));

const filled = (value: number): tf.Variable => variable(tf.fill([2], value));

/** Weights 1, an average of 2 of the kernel, and an optimizer's memory of 3. */
const runOf = (progress: Partial<Progress> = {}) => ({
  params: { dense: { kernel: filled(1), bias: filled(1) } },
  state: { norm: { mean: filled(1) } },
  optimizer: { dense: { kernel: { m: filled(3), average: filled(2) } } },
  progress: { ...begun, update: 5, ...progress },
});

const best = ({ params, state }: ReturnType<typeof runOf>, value: number) =>
  new Map(
    [...flattenTensors(params).values(), ...flattenTensors(state).values()].flatMap((v) =>
      v instanceof tf.Variable ? [[v, tf.fill([2], value) as tf.Tensor] as const] : [],
    ),
  );

const fileOf = (run: Parameters<typeof checkpointFile>[0]): Promise<TensorFile> =>
  checkpointFile(run, { history: 0, best: null }, {});

/** First values by name. */
const values = (...nested: readonly object[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    nested.flatMap((n) => [...flattenTensors(n)].map(([name, value]) => [name, value.dataSync()[0] ?? Number.NaN])),
  );

const judgedBy = (file: TensorFile): Readonly<Record<string, number>> => {
  const { params, state } = runOf();
  loadInto(params, state, file, 'checkpoint', { network: 'Net', migrations: [] });
  return values(params, state);
};

describe('a checkpoint is evaluated by', () => {
  test('its best weights, where they are kept', async () => {
    const run = runOf();
    expect(judgedBy(await fileOf({ ...run, best: best(run, 7) }))).toEqual({
      'dense.kernel': 7,
      'dense.bias': 7,
      'norm.mean': 7,
    });
  });

  test('averages, where they are', async () => {
    expect(judgedBy(await fileOf(runOf()))).toEqual({ 'dense.kernel': 2, 'dense.bias': 1, 'norm.mean': 1 });
  });

  test('the averages of the best weights, where everything is kept to go on from', async () => {
    const run = runOf();
    const kept = best(run, 7);
    kept.set(run.optimizer.dense.kernel.average, tf.fill([2], 8));
    expect(judgedBy(await fileOf({ ...run, best: kept }))).toMatchObject({ 'dense.kernel': 8, 'dense.bias': 7 });
  });

  test('the weights themselves, before the first update and once they are final', async () => {
    for (const progress of [{ update: 0 }, { phase: 'over' as const }])
      expect(judgedBy(await fileOf(runOf(progress)))).toMatchObject({ 'dense.kernel': 1 });
  });
});

test('the best values come back beside the present ones', async () => {
  const run = runOf();
  const file = await fileOf({ ...run, best: best(run, 7) });
  const other = runOf();
  for (const value of flattenTensors(other.params).values())
    if (value instanceof tf.Variable) value.assign(tf.fill([2], 0));
  const kept = loadCheckpoint(other, file, 'checkpoint', 'Net');
  expect(values(other.params, other.state)).toEqual(values(run.params, run.state));
  expect([...(kept ?? [])].map(([, value]) => value.dataSync()[0])).toEqual([7, 7, 7]);
  expect(loadCheckpoint(other, await fileOf(run), 'checkpoint', 'Net')).toBe(null);
});

describe('where a run stands', () => {
  const of = (standing: object): TensorFile => ({
    tensors: new Map(),
    metadata: { standing: JSON.stringify(standing) },
  });

  test('comes back as it was', async () => {
    const progress: Progress = {
      ...begun,
      phase: 'continue',
      epoch: 2,
      update: 40,
      batches: 90,
      watch: { best: { epoch: 3, update: 30, value: 0.1 }, reference: 0.1, waited: 2 },
      factors: [{ update: 20, factor: 0.1 }],
      found: { why: 'patience', epoch: 5, update: 50, kept: { epoch: 3, update: 30, value: 0.1 }, target: 0.2 },
    };
    expect(standingOf(await fileOf({ ...runOf(), progress }), 'checkpoint').progress).toEqual(progress);
  });

  test('of an older version is on its first phase', () => {
    const sums = { loss: 1, losses: {}, penalty: 0, samples: 8, seconds: 1 };
    const old = { progress: { epoch: 2, step: 3, update: 13, sums }, history: 5, best: null };
    const { progress } = standingOf(of(old), 'checkpoint');
    expect(progress).toMatchObject({ phase: 'train', batches: 13, update: 13, sums: { ...sums, penalties: {} } });
  });

  test.each([
    { phase: 'sleep' },
    { batches: 'many' },
    { watch: null },
    { watch: { best: { epoch: 'first' }, waited: 0 } },
    { found: { epoch: 1 } },
    { plateau: { factor: 2 } },
    { factors: [{ update: 1 }] },
  ])('is refused when it is not what nrmc writes: %j', async (wrong) => {
    const standing = { progress: { ...begun, ...wrong }, history: 0, best: null };
    expect(await refusal(() => standingOf(of(standing), 'checkpoint'))).toContain('error[NRM5001]');
  });
});

test('averages stand in the place of weights that have one', () => {
  const { params, optimizer } = runOf();
  const judged = withAverages(params, optimizer);
  expect(judged.dense.kernel).toBe(optimizer.dense.kernel.average);
  expect(judged.dense.bias).toBe(params.dense.bias);
});
