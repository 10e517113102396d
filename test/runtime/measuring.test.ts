/** Losses and metrics over samples: chunks, weights, several outputs, and data that cannot be compared. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Column, Samples } from '../../src/runtime/batches.ts';
import {
  checkCompared,
  comparedFields,
  type Forward,
  metricsOf,
  type Scored,
  score,
} from '../../src/runtime/metrics.ts';
import type { MetricConfig, RunOutput } from '../../src/runtime/model.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import type { Preprocessing } from '../../src/runtime/preprocessing.ts';

beforeAll(() => chooseBackend('cpu'));

const n = 600;
const numbers = (name: string, values: ArrayLike<number>, size = 1): Column => ({
  kind: 'tensor',
  name,
  dtype: 'float32',
  shape: [size],
  values: Float32Array.from(values),
  preprocessing: { kind: 'none' },
});
const x = Array.from({ length: n }, (_, i) => Math.sin(i));
const columns: readonly Column[] = [
  numbers('x', x),
  numbers(
    'y',
    x.map((v, i) => 2 * v + (i % 2) / 4),
  ),
  { kind: 'class', name: 'label', classes: 2, values: Int32Array.from(x, (v, i) => (v > 0 === i % 10 > 0 ? 1 : 0)) },
  numbers(
    'w',
    x.map((_, i) => i % 3),
  ),
];
const samples: Samples = { columns, rows: Uint32Array.from({ length: n }, (_, i) => i) };

/** y = 2x, and a logit that is x. */
const forward: Forward = (given) => ({ y: tf.mul(given as tf.Tensor, 2), label: (given as tf.Tensor).clone() });
const lossOf: Scored['lossOf'] = (outputs, targets) => {
  const { y, label } = outputs as { y: tf.Tensor; label: tf.Tensor };
  const given = targets as { y: tf.Tensor; label: tf.Tensor; w?: tf.Tensor };
  const [ofY, ofLabel] = tf.tidy(() => {
    const squared = tf.squaredDifference(y, given.y);
    const target = tf.reshape(given.label, [-1, 1]);
    return [
      tf.mean<tf.Scalar>(given.w === undefined ? squared : tf.mul(squared, given.w)),
      tf.mean<tf.Scalar>(tf.losses.sigmoidCrossEntropy(target, label)),
    ];
  });
  if (ofY === undefined || ofLabel === undefined) throw new Error('two losses');
  return { loss: tf.add<tf.Scalar>(ofY, ofLabel), losses: { y: ofY, label: ofLabel } };
};

const outputs: readonly RunOutput[] = [
  { name: 'y', target: 'y', loss: 'mean_squared_error', probabilities: null },
  { name: 'label', target: 'label', loss: 'binary_crossentropy', probabilities: 'sigmoid', threshold: 0 },
];
const metrics: readonly MetricConfig[] = [
  { output: 'y', metric: 'mean_absolute_error', as: 'mean_absolute_error' },
  { output: 'label', metric: 'confusion_matrix', as: 'confusion_matrix' },
];

test('several outputs, in chunks, and nothing left behind', async () => {
  const before = tf.memory().numTensors;
  const scores = await score({ forward, lossOf }, samples, { inputs: ['x'], outputs, metrics });
  expect(tf.memory().numTensors).toBe(before);
  expect(scores.outputs.y?.loss).toBeCloseTo(1 / 32, 6);
  expect(scores.loss).toBeCloseTo((scores.outputs.y?.loss ?? 0) + (scores.outputs.label?.loss ?? 0), 6);
  // The accuracy of classes is always there.
  expect(Object.keys(metricsOf(scores))).toEqual(['y_mean_absolute_error', 'label_accuracy']);
  expect(metricsOf(scores).y_mean_absolute_error).toBeCloseTo(1 / 8, 6);
  expect(metricsOf(scores).label_accuracy).toBeCloseTo(0.9, 6);
});

test('what each sample counts counts when it is measured too', async () => {
  const weighed = outputs.map((o) => (o.name === 'y' ? { ...o, sample: 'w' } : o));
  expect(comparedFields(weighed)).toEqual(['y', 'w', 'label']);
  const scores = await score({ forward, lossOf }, samples, { inputs: ['x'], outputs: weighed, metrics });
  const expected = x.reduce((sum, _, i) => sum + ((i % 2) / 4) ** 2 * (i % 3), 0) / n;
  expect(scores.outputs.y?.loss).toBeCloseTo(expected, 6);
});

test('an output of which no value speaks for a class has no accuracy', async () => {
  const silent = outputs.map((o) => (o.name === 'label' ? { ...o, threshold: null } : o));
  const scores = await score({ forward, lossOf }, samples, { inputs: ['x'], outputs: silent, metrics: [] });
  expect(metricsOf(scores)).toEqual({});
});

describe('what cannot be compared', () => {
  const refusal = (replaced: Column, of: readonly RunOutput[] = outputs): unknown => {
    const changed = columns.map((c) => (c.name === replaced.name ? replaced : c));
    try {
      checkCompared({ ...samples, columns: changed }, of);
      return null;
    } catch (error) {
      return error;
    }
  };

  test('a class that there is not', () => {
    const values = Int32Array.from(x, (_, i) => (i === 7 ? 2 : 0));
    expect(refusal({ kind: 'class', name: 'label', classes: 2, values })).toMatchObject({
      code: 'NRM5170',
      message: 'field `label` of sample 8 is 2; its classes go from 0 to 1',
    });
  });

  test('a weight below 0, or none', () => {
    const weighed = outputs.map((o) => ({ ...o, sample: 'w' }));
    for (const wrong of [-1, Number.NaN])
      expect(
        refusal(
          numbers(
            'w',
            x.map((_, i) => (i === 3 ? wrong : 1)),
          ),
          weighed,
        ),
      ).toMatchObject({
        code: 'NRM5171',
        message: `field \`w\` of sample 4 is ${wrong}: what a sample counts is a number from 0`,
      });
    expect(refusal(numbers('w', x.map(Math.abs)), weighed)).toBeNull();
  });

  test.each<readonly [loss: string, values: readonly number[], takes: string | null]>([
    ['poisson', [1, 0, -1], 'numbers from 0'],
    ['poisson', [1, 0, 7], null],
    ['mean_squared_logarithmic_error', [-0.5], 'numbers from 0'],
    ['hinge', [1, 0, -1], null],
    ['squared_hinge', [1, 2], '-1 and 1, or 0 and 1'],
    ['kullback_leibler_divergence', [1.5], 'shares from 0 to 1'],
    ['categorical_hinge', [-1], 'shares from 0 to 1'],
    ['logcosh', [-1, 7], null],
  ])('%s against %j', (loss, values, takes) => {
    const given = outputs.map((o) => ({ ...o, target: 'y', loss }));
    const column = numbers(
      'y',
      x.map((_, i) => values[i % values.length] ?? 0),
    );
    const error = refusal(column, given);
    if (takes === null) expect(error).toBeNull();
    else
      expect(error).toMatchObject({ code: 'NRM5172', message: expect.stringContaining(`\`${loss}\` takes ${takes}`) });
  });

  test('a target as its preprocessing leaves it', () => {
    const shares = outputs.map((o) => ({ ...o, target: 'y' }));
    const column = (preprocessing: Preprocessing): Column => ({
      kind: 'tensor',
      name: 'y',
      dtype: 'float32',
      shape: [1],
      values: Float32Array.from(x, (_, i) => i % 2),
      preprocessing,
    });
    expect(refusal(column({ kind: 'standardize', mean: 0.5, std: 0.5 }), shares)).toMatchObject({
      code: 'NRM5172',
      message: 'field `y` of sample 1 is -1; `binary_crossentropy` takes shares from 0 to 1',
    });
    expect(refusal(column({ kind: 'minmax', min: 0, max: 1, low: -1, high: 1 }), shares)).not.toBeNull();
    // Samples of the test part may lie a little beyond those that it was fitted to.
    expect(refusal(column({ kind: 'minmax', min: 0, max: 0.9 }), shares)).toBeNull();
  });

  test('a share beyond 1; but of a loss of numbers anything', () => {
    const shares = outputs.map((o) => ({ ...o, target: 'y' }));
    expect(
      refusal(
        numbers(
          'y',
          x.map(() => 255),
        ),
        shares,
      ),
    ).toMatchObject({
      code: 'NRM5172',
      message: 'field `y` of sample 1 is 255; `binary_crossentropy` takes shares from 0 to 1',
    });
    expect(
      refusal(
        numbers(
          'y',
          x.map(() => 0.5),
        ),
        shares,
      ),
    ).toBeNull();
    expect(
      refusal(
        numbers(
          'y',
          x.map(() => 255),
        ),
      ),
    ).toBeNull();
  });

  test('code of an older version', async () => {
    const old = { forward } as Scored;
    await expect(score(old, samples, { inputs: ['x'], outputs, metrics })).rejects.toMatchObject({ code: 'NRM5173' });
  });
});
