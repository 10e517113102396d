import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Samples } from '../../../src/runtime/batches.ts';
import { compareFolded } from '../../../src/runtime/comparison.ts';
import {
  begin,
  endRun,
  type Hooks,
  type Progress,
  type Run,
  type TrainingData,
  train,
} from '../../../src/runtime/loop.ts';
import { type Forward, highest, type Scored, score } from '../../../src/runtime/metrics.ts';
import type { Look, Training } from '../../../src/runtime/model.ts';
import type { AnyTrain } from '../../../src/runtime/modules.ts';
import { chooseBackend } from '../../../src/runtime/node/backend.ts';
import { checkpointTensors, valuesOf } from '../../../src/runtime/weights.ts';
import { refusal } from './helpers.ts';
import * as toy from './toy.ts';
import { config, stripes } from './toy.ts';

beforeAll(() => chooseBackend('cpu'));

function samplesOf(n: number, salt: number): Samples {
  const { images, labels } = stripes(n, salt);
  return {
    columns: [
      {
        kind: 'tensor',
        name: 'image',
        dtype: 'float32',
        shape: [4, 4, 1],
        values: images,
        preprocessing: { kind: 'minmax', min: 0, max: 255 },
      },
      { kind: 'class', name: 'label', classes: 3, values: Int32Array.from(labels) },
    ],
    rows: Uint32Array.from({ length: n }, (_, i) => i),
  };
}
const data = { train: samplesOf(100, 1), validation: samplesOf(30, 2) };

/** The toy, whose kernel becomes this value, up to its sign, by this update. */
const exploding = (update: number, value: number): AnyTrain => ({
  ...toy,
  step(training: Training<toy.Params, toy.State, toy.Slots>, batch: toy.Batch) {
    const report = toy.step(training, batch);
    if (training.update === update) {
      // By rows of the picture, so that nothing cancels.
      const sign = (i: number, j: number): number => (((i >> 2) + j) % 2 === 0 ? 1 : -1);
      const values = Array.from({ length: 48 }, (_, i) => value * sign(Math.floor(i / 3), i % 3));
      tf.tidy(() => training.params.dense.kernel.assign(tf.tensor2d(values, [16, 3])));
    }
    return report;
  },
});

/** What a run holds, read back. */
const everything = ({ params, state, optimizer }: Run) => checkpointTensors(params, state, optimizer);

describe('training', () => {
  test('learns, and tells each step and epoch', async () => {
    const losses: number[] = [];
    const epochs: unknown[] = [];
    const run = begin(toy, 7);
    const { finished, run: end } = await train(toy, config, data, run, {
      step: ({ loss }) => losses.push(loss),
      epoch: ({ validation }) => epochs.push(validation?.outputs.dense?.accuracy),
    });
    expect(finished).toBe(true);
    expect(end.progress).toMatchObject({ epoch: 4, step: 0, update: 21 });
    expect(losses).toHaveLength(21);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    expect(epochs).toHaveLength(3);
    expect(epochs.at(-1)).toBeGreaterThan(0.9);
    endRun(run);
  });

  test('takes the same path each time, and another one for another seed', async () => {
    const trained = async (seed: number) => {
      const run = begin(toy, seed);
      await train(toy, { ...config, seed }, data, run);
      const values = await everything(run);
      endRun(run);
      return values;
    };
    const first = await trained(7);
    expect(await trained(7)).toEqual(first);
    expect(await trained(8)).not.toEqual(first);
  });

  test('stopped after any step and gone on with, it ends with the same weights', async () => {
    const whole = begin(toy, 7);
    const reports: number[] = [];
    await train(toy, config, data, whole, { epoch: ({ loss }) => reports.push(loss) });
    for (let stopAt = 1; stopAt <= 21; stopAt++) {
      const run = begin(toy, 7);
      const seen: number[] = [];
      let saved: Progress | null = null;
      let done = 0;
      const first = await train(toy, config, data, run, {
        step: ({ progress }) => {
          done = progress.update;
        },
        epoch: ({ loss }) => seen.push(loss),
        stopped: () => done === stopAt,
        checkpoint: async ({ progress }) => {
          saved = progress;
        },
      });
      expect(first.finished).toBe(false);
      expect(first.run.progress).toEqual(saved);
      const second = await train(toy, config, data, first.run, { epoch: ({ loss }) => seen.push(loss) });
      expect(second.finished).toBe(true);
      expect(await everything(run)).toEqual(await everything(whole));
      expect(seen).toEqual(reports);
      endRun(run);
    }
    endRun(whole);
  });

  test('keeps the number of tensors and bytes constant', async () => {
    const before = tf.memory().numTensors;
    const run = begin(toy, 7);
    const seen = new Set<string>();
    // Within the epochs: the last batch of each has none prefetched behind it, and is smaller.
    await train(toy, { ...config, epochs: 30 }, data, run, {
      step: ({ progress, steps }) => {
        const { numTensors, numBytes } = tf.memory();
        if (progress.update > 1 && progress.step > 1 && progress.step < steps - 1)
          seen.add(`${numTensors} ${numBytes}`);
      },
    });
    expect(seen.size).toBe(1);
    endRun(run);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('saves within long epochs too', async () => {
    const long = { ...data, train: samplesOf(1000, 1) };
    const saved: number[] = [];
    const run = begin(toy, 7);
    await train(toy, { ...config, batch: 2, epochs: 1 }, long, run, {
      checkpoint: async ({ progress }) => void saved.push(progress.update),
    });
    expect(saved).toEqual([200, 400, 500]);
    endRun(run);
  });
});

describe('values that are not finite', () => {
  /** Trains until it breaks; what was kept, and the text of the error. */
  async function breaking(module: AnyTrain, hooks: Hooks = {}, seed = 7, on: TrainingData = data) {
    const before = tf.memory().numTensors;
    const run = begin(module, seed);
    let kept: unknown = 'nothing';
    const text = await refusal(() =>
      train(module, { ...config, seed }, on, run, {
        broken: async (good) => {
          kept = good === null ? null : await valuesOf(good.params);
          return good === null ? null : 'runs/toy-1/weights.safetensors';
        },
        ...hooks,
      }),
    );
    const state = await valuesOf(run.params);
    endRun(run);
    expect(tf.memory().numTensors).toBe(before);
    return { text, kept, state };
  }

  /** The weights after so many updates. */
  async function weightsAfter(updates: number) {
    const run = begin(toy, 7);
    let done = 0;
    await train(toy, config, data, run, {
      step: ({ progress }) => {
        done = progress.update;
      },
      stopped: () => done === updates,
    });
    const values = await valuesOf(run.params);
    endRun(run);
    return values;
  }

  test('a loss: the step and the first layer are named, the last good weights are kept', async () => {
    const { text, kept, state } = await breaking(exploding(4, 3e38));
    // Update 4 made the weights too large, the loss of update 5 shows it: update 4 began from the last weights with a finite loss.
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: the loss of update 5 is NaN: \`dense\` is the first layer that is not finite
        = help: the weights of the last finite loss are kept in runs/toy-1/weights.safetensors; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101"
    `);
    expect(kept).toEqual(await weightsAfter(3));
    expect(state).toEqual(kept);
  });

  test('a parameter: its name, and the update that broke it', async () => {
    const { text, kept } = await breaking(exploding(4, Number.NaN));
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: the loss of update 5 is NaN: \`dense.kernel\` is not finite since update 4
        = help: the weights of the last finite loss are kept in runs/toy-1/weights.safetensors; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101"
    `);
    expect(kept).toEqual(await weightsAfter(3));
  });

  test('a parameter after the last update before a checkpoint', async () => {
    const { text, kept } = await breaking(exploding(7, Number.NaN));
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: \`dense.kernel\` is not finite after update 7
        = help: the weights of the last finite loss are kept in runs/toy-1/weights.safetensors; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101"
    `);
    expect(kept).toEqual(await weightsAfter(6));
  });

  /** The toy with a loss that is NaN from the first update on, of logits that are all one number. */
  const lossless = (logit: number): AnyTrain => ({
    ...toy,
    step: (training: Training<toy.Params, toy.State, toy.Slots>, batch: toy.Batch) => {
      toy.step(training, batch).loss.dispose();
      return { loss: tf.scalar(Number.NaN), penalty: null };
    },
    inspect: (_: Training<toy.Params, toy.State, toy.Slots>, { label }: toy.Batch, look: Look) => {
      tf.tidy(() => {
        look('dense', tf.fill([label.shape[0], 3], logit));
        look('loss', tf.scalar(Number.NaN));
      });
    },
  });

  test('the loss alone: of small values it is the formula, of large ones the steps', async () => {
    const { text } = await breaking(lossless(0.5));
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: the loss of update 1 is NaN: every layer is finite, \`dense\` from 0.5 to 0.5, only the loss is not
        = help: the weights from before it are kept in runs/toy-1/weights.safetensors; the loss has no finite value there: a logarithm or root of what is not above 0, or a division by 0. End the network with what the loss takes, such as \`act(softplus)\` for numbers above 0
        = explain: nrmc explain NRM5101"
    `);
    const { text: large } = await breaking(lossless(1e20));
    expect(large).toContain('only the loss is not');
    expect(large).toContain('a smaller `rate`');
  });

  test('the validation loss alone', async () => {
    const lossOf = () => ({ loss: tf.scalar(Number.NaN) });
    const { text } = await breaking({ ...toy, lossOf });
    expect(text).toContain(
      'the validation loss after update 7 is NaN: what the network gives is finite, its loss is not',
    );
    expect(text).toContain('a logarithm or root of what is not above 0');
    const { text: large } = await breaking({ ...toy, lossOf, evaluate: () => tf.fill([30, 3], 1e20) });
    expect(large).toContain('a smaller `rate`');
  });

  test('weights to begin with', async () => {
    const broken: AnyTrain = {
      ...toy,
      init(seed) {
        const { params, state } = toy.init(seed);
        tf.tidy(() => params.dense.kernel.assign(tf.fill([16, 3], Number.NaN)));
        return { params, state };
      },
    };
    const { text, kept } = await breaking(broken);
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: the loss of update 1 is NaN: \`dense.kernel\` is not finite to begin with
        = help: no finite weights are left; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101"
    `);
    expect(kept).toBe(null);
  });

  test('the data', async () => {
    const [image, label] = data.train.columns;
    if (image?.kind !== 'tensor' || label === undefined) return expect.fail();
    const values = new Float32Array(1600).fill(0.5, 0, 1599).fill(Number.POSITIVE_INFINITY, 1599);
    const on = { train: { ...data.train, columns: [{ ...image, values }, label] }, validation: null };
    const { text } = await breaking(toy, {}, 7, on);
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: the loss of update 5 is NaN: field \`image\` of the batch is not finite
        = help: the weights of the last finite loss are kept in runs/toy-1/weights.safetensors; look for the value in the data files
        = explain: nrmc explain NRM5101"
    `);
  });

  test('the penalty', async () => {
    const module: AnyTrain = {
      ...toy,
      step(training: Training<toy.Params, toy.State, toy.Slots>, batch: toy.Batch) {
        const { loss } = toy.step(training, batch);
        return { loss, penalty: tf.scalar(training.update === 3 ? Number.POSITIVE_INFINITY : 1) };
      },
    };
    const { text } = await breaking(module);
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: the penalty of update 3 is Infinity: the weights are too large for it
        = help: the weights of the last finite loss are kept in runs/toy-1/weights.safetensors; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101"
    `);
  });

  test('the validation loss', async () => {
    const { text, kept } = await breaking({ ...toy, evaluate: () => tf.fill([30, 3], Number.NaN) });
    expect(text).toMatchInlineSnapshot(`
      "error[NRM5101]: the validation loss after update 7 is NaN: the weights are finite, output \`dense\` of the network is not
        = help: the weights of the last finite loss are kept in runs/toy-1/weights.safetensors; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101"
    `);
    expect(kept).toEqual(await weightsAfter(6));
  });
});

describe('measuring', () => {
  test('loss and accuracy', async () => {
    expect([highest([5, 1, 3, 3], 1, 3), highest([2, 2], 0, 2)]).toEqual([1, 0]);
    const labels = samplesOf(600, 3);
    const forward: Forward = (x) =>
      tf.tidy(() => tf.slice(tf.mean(tf.squeeze(x as tf.Tensor, [3]), 2), [0, 0], [-1, 3]));
    const right = await score({ forward, lossOf: toy.lossOf as Scored['lossOf'] }, labels, config);
    expect(right).toMatchObject({ outputs: { dense: { accuracy: 1 } }, samples: 600 });
  });

  test('folded against unfolded', async () => {
    const run = begin(toy, 7);
    await train(toy, config, data, run);
    const before = tf.memory().numTensors;
    const comparison = await compareFolded(toy, run, samplesOf(300, 5), config);
    expect(comparison.scores.outputs.dense?.accuracy).toBeGreaterThan(0.9);
    expect(comparison.foldedMaxDifference).toBeGreaterThan(0);
    expect(comparison.foldedMaxDifference).toBeLessThan(1e-5);
    expect(comparison.predictMs).toBeGreaterThan(0);
    expect(comparison.foldedPredictMs).toBeGreaterThan(0);
    const wrong = { ...toy, predict: () => tf.fill([256, 3], Number.NaN) };
    expect((await compareFolded(wrong, run, samplesOf(256, 5), config)).foldedMaxDifference).toBeNaN();
    expect(tf.memory().numTensors).toBe(before);
    endRun(run);
  });
});
