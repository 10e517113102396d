import { expect, test, vi } from 'vitest';
import { begun } from '../../../src/runtime/loop/progress.ts';
import { createScreen, duration, Progression } from '../../../src/runtime/node/screen.ts';

test('durations', () => {
  expect([0, 0.4, 59.6, 61, 3599, 3600, 7325, -1].map(duration)).toEqual([
    '0s',
    '0s',
    '1m 00s',
    '1m 01s',
    '59m 59s',
    '1h 00m',
    '2h 02m',
    '0s',
  ]);
});

test('off a terminal, the present state is a line every so often', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  let out = '';
  const screen = createScreen(false, { write: (text: string) => (out = out + text) });
  const live = (): void => screen.live(() => 'now');
  live();
  vi.advanceTimersByTime(14_999);
  live();
  screen.line('a line');
  vi.advanceTimersByTime(1);
  live();
  live();
  screen.end();
  vi.useRealTimers();
  expect(out).toBe('a line\nnow\n');
});

test('a step and an epoch as text', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const texts = new Progression(4, 64, [{ output: 'head', metric: 'accuracy', as: 'accuracy' }]);
  const sums = { loss: 51.234, losses: {}, penalty: 0, penalties: {}, samples: 100, seconds: 0 };
  const progress = { ...begun, epoch: 2, step: 50, update: 150, sums };
  const step = { progress, steps: 100, left: 250, loss: 9, losses: {}, penalty: 0.01, penalties: {}, updated: true };
  // The 50 batches of this process, whether or not they were shown.
  for (let i = 0; i < 50; i++) texts.seen();
  vi.advanceTimersByTime(1000);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours, where there are any.
  const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');
  // The loss is the mean of the epoch so far, as in the line at its end.
  expect(plain(texts.step(step))).toMatchInlineSnapshot(
    `"epoch 2/4  ━━━━━━━━━━━━──────────── 50/100  loss 0.5123  3,200 samples/s  5s left"`,
  );
  expect(plain(texts.step({ ...step, progress: { ...progress, phase: 'retrain' } }))).toMatch(/^retrain, epoch 2 {2}/);
  const validation = { loss: 0.4, outputs: { head: { loss: 0.4, accuracy: 0.8765 } }, samples: 100 };
  const epoch = {
    phase: 'train' as const,
    epoch: 2,
    update: 200,
    loss: 0.5,
    losses: {},
    penalty: 0,
    penalties: {},
    rate: null,
    validation: null,
    watched: null,
    seconds: 65,
  };
  expect(texts.epoch(epoch)).toMatchInlineSnapshot(`"epoch 2/4  loss 0.5000  1m 05s"`);
  expect(texts.epoch({ ...epoch, penalty: 0.012345, validation })).toMatchInlineSnapshot(
    `"epoch 2/4  loss 0.5000  penalty 0.0123  validation loss 0.4000  accuracy 87.65%  1m 05s"`,
  );
  // Only what `metrics` asks for.
  expect(new Progression(4, 64, []).epoch({ ...epoch, validation })).toBe(
    'epoch 2/4  loss 0.5000  validation loss 0.4000  1m 05s',
  );
  vi.useRealTimers();
});
