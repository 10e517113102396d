/** What a run says of its phases. */
import { expect, test } from 'vitest';
import { begun, type Found, type Progress } from '../../../src/runtime/loop/progress.ts';
import type { PhaseReport } from '../../../src/runtime/loop.ts';
import type { RunConfig } from '../../../src/runtime/model.ts';
import { measuredText, phaseText } from '../../../src/runtime/node/phases.ts';
import { config } from './toy.ts';

const stop = { monitor: 'loss', mode: 'min', patience: 3, minDelta: 0, restore: 'best' } as const;
const found: Found = {
  why: 'patience',
  epoch: 9,
  update: 900,
  kept: { epoch: 6, update: 600, value: 0.25 },
  target: null,
};

const said = (
  phase: PhaseReport['phase'],
  next: PhaseReport['next'],
  progress: Partial<Progress>,
  changes: Partial<RunConfig> = { stop },
): readonly string[] =>
  phaseText({ phase, next, progress: { ...begun, found, ...progress } }, { ...config, ...changes });

test('why training ended, and of which epoch the weights are', () => {
  expect(said('train', 'over', {})).toMatchInlineSnapshot(`
    [
      "stopped after epoch 9: validation loss has not improved for 3 epochs; the weights are those of epoch 6, with the best validation loss: 0.2500",
    ]
  `);
  expect(said('train', 'over', { found: { ...found, why: 'epochs' } })).toMatchInlineSnapshot(`
    [
      "the weights are those of epoch 6, with the best validation loss: 0.2500",
    ]
  `);
  const monitor = 'label_accuracy';
  expect(said('train', 'over', {}, { stop: { ...stop, monitor, mode: 'max', patience: 1 } })).toMatchInlineSnapshot(`
    [
      "stopped after epoch 9: validation label accuracy has not improved for 1 epoch; the weights are those of epoch 6, with the best validation label accuracy: 0.2500",
    ]
  `);
  const last = { ...found, kept: { ...found.kept, value: null } };
  expect(said('train', 'over', { found: last }, { stop: { ...stop, restore: 'last' } })).toMatchInlineSnapshot(`
    [
      "stopped after epoch 9: validation loss has not improved for 3 epochs",
    ]
  `);
  // A run that ends as it was asked to has nothing to say.
  expect(said('train', 'over', {}, {})).toEqual([]);
});

test('what comes next', () => {
  expect(said('train', 'retrain', {}).at(-1)).toMatchInlineSnapshot(
    `"trains again from the initial weights, on training and validation data: 600 updates"`,
  );
  expect(said('train', 'continue', { found: { ...found, target: 0.123456 } }).at(-1)).toMatchInlineSnapshot(
    `"goes on from epoch 6, on training and validation data, until the validation loss is below 0.1235"`,
  );
  const target = { ...found, target: 0.123456 };
  for (const isBelow of [true, false]) {
    const reached = { isBelow, loss: isBelow ? 0.12 : 0.2, epochs: 4 };
    const [line] = said('continue', 'over', { found: target, reached });
    expect(line).toContain(isBelow ? '0.1200 is below 0.1235' : '0.2000 has not come below 0.1235');
  }
});

test('how far measured statistics are from moving ones', () => {
  const differences = { 'norm1.mean': 0.01, 'norm2.variance': 0.25 };
  expect(measuredText({ batches: 12, batch: 64, differences })).toMatchInlineSnapshot(
    `"statistics measured over 12 batches of 64; largest difference to the moving ones 0.250, of norm2.variance"`,
  );
  expect(measuredText({ batches: 1, batch: 64, differences: {} })).toMatchInlineSnapshot(
    `"statistics measured over 1 batch of 64; they are the moving ones"`,
  );
});
