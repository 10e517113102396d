/** Early stopping and what comes after it, in processes: what is said, what is left, and going on when it was interrupted. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeSafetensors as decode } from '../../src/runtime/safetensors.ts';
import { writeDataSet } from './data.ts';
import { command, nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);
const spec = `
network Bands {
  input image: float32[8, 6, 1]
  conv(3, kernel: 3)  norm  act
  flatten
  dense(8)  act  drop
  dense(3)
}

policy Full {
  norm: batch   act: relu   drop: dropout(drop: 0.2)
  conv, dense { decay: 1e-3 }
  gradient { clip: dynamic(alpha: 0.9, beta: 0.1) }
  stop { patience: 2 }
}

data Pictures {
  source: idx("bands")
  fields { image: float32[8, 6, 1] = standardize   label: class(3) }
  validation: 20%
}

train bands {
  network: Bands   policy: Full   data: Pictures
  loss: cross_entropy   optimizer: adam(rate: 0.1)   schedule: reduce_on_plateau(patience: 1)
  batch: 10   epochs: 40   metrics: [accuracy]   seed: 5
  accumulate: 3   average: ema(decay: 0.8)   reuse_validation: retrain
}
`;

const read = (run: string, file: string): string => readFileSync(at(run, file), 'utf8');
const weights = (run: string): Buffer => readFileSync(at(run, 'weights.safetensors'));
interface Line {
  readonly kind: string;
  readonly phase?: string;
  readonly epoch: number;
}
const history = (run: string): readonly Line[] =>
  read(run, 'history.jsonl')
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line));

let printed = '';

beforeAll(() => {
  writeDataSet(folder, 'bands', { height: 8, width: 6, classes: 3, train: 150, test: 40 });
  writeFileSync(at('bands.nrm'), spec);
  const { code, err, out } = nrmc(folder, 'train', 'bands.nrm', '--backend', 'cpu', '--run', 'whole');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  printed = out;
});

/** Starts a run and sends it a signal as soon as a checkpoint is there and its history says so. On a busy machine it may end before. */
async function stopped(run: string, signal: NodeJS.Signals, when: (lines: readonly Line[]) => boolean): Promise<void> {
  for (let attempt = 1; attempt <= 8; attempt++) {
    await new Promise<void>((resolve) => {
      const args = [command, 'train', 'bands.nrm', '--backend', 'cpu', '--run', run];
      const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
      const timer = setInterval(() => {
        if (!existsSync(at(run, 'checkpoint.safetensors')) || !read(run, 'history.jsonl').endsWith('\n')) return;
        if (!when(history(run))) return;
        clearInterval(timer);
        child.kill(signal);
      }, 2);
      child.on('exit', () => {
        clearInterval(timer);
        resolve();
      });
    });
    if (!existsSync(at(run, 'summary.json'))) return;
    rmSync(at(run), { recursive: true });
  }
  throw new Error(`${run} always ended before it could be stopped`);
}

describe('a run that stops early and trains again on all data', () => {
  test('says when and why, and what comes next', () => {
    const { stopped: end, reused, updates } = JSON.parse(read('whole', 'summary.json'));
    expect(end).toMatchObject({ why: 'patience', epoch: end.weights + 2, monitor: 'loss' });
    // Twelve batches of the training part an epoch, three an update; fifteen of all data.
    expect(reused).toEqual({ kind: 'retrain', updates: 4 * end.weights });
    expect(updates).toBe(reused.updates);
    expect(printed).toContain(
      `stopped after epoch ${end.epoch}: validation loss has not improved for 2 epochs; the best validation loss was that of epoch ${end.weights}: ${end.value.toFixed(4)}\n` +
        `trains again from the initial weights, on training and validation data: ${reused.updates} updates\n` +
        'retrain, epoch 1  loss',
    );
    expect(history('whole').filter((l) => l.kind === 'phase')).toMatchObject([
      { phase: 'train', next: 'retrain' },
      { phase: 'retrain', next: 'over' },
    ]);
    expect(history('whole')[0]).toMatchObject({ kind: 'epoch', rate: 0.1, monitor: 'loss', isBest: true });
  });

  const isAgain = (lines: readonly Line[]): boolean => lines.some((l) => l.kind === 'phase');
  test.each([
    ['killed after the first epoch', 'SIGKILL', () => true],
    ['killed while it trains again', 'SIGKILL', isAgain],
    ['interrupted while it trains again', 'SIGINT', isAgain],
  ] as const)('%s: goes on to the same weights, bit for bit', async (title, signal, when) => {
    const run = title.replaceAll(' ', '-');
    await stopped(run, signal, when);
    expect(nrmc(folder, 'train', '--resume', run)).toMatchObject({ code: 0, err: '' });
    expect(weights(run)).toEqual(weights('whole'));
    const timeless = (lines: readonly Line[]) => lines.map((line) => ({ ...line, seconds: 0 }));
    expect(timeless(history(run))).toEqual(timeless(history('whole')));
  });

  test('while it goes on it is evaluated by its best weights, which the checkpoint has', async () => {
    await stopped('watched', 'SIGKILL', (lines) => lines.length >= 2);
    const { tensors } = decode(readFileSync(at('watched/checkpoint.safetensors')), 'checkpoint');
    const names = [...tensors.keys()];
    expect(names).toEqual(expect.arrayContaining(['best:conv1.kernel', 'optimizer:conv1.kernel.average']));
    expect(names).toContain('optimizer:conv1.kernel.accumulated');
    expect(nrmc(folder, 'evaluate', 'watched', '--backend', 'cpu')).toMatchObject({ code: 0, err: '' });
  });
});
