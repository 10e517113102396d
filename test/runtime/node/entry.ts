/** The toy as an emitted entry would be; `TOY_SIGNAL=SIGKILL@17` sends this process a signal after update 17. */
import process from 'node:process';
import type { RunConfig, Training } from '../../../src/runtime/model.ts';
import { trainMain } from '../../../src/runtime/node/main.ts';
import * as toy from './toy.ts';

const [signal = '', update = ''] = process.env.TOY_SIGNAL?.split('@') ?? [];

function step(training: Training<toy.Params, toy.State, toy.Slots>, batch: toy.Batch) {
  const report = toy.step(training, batch);
  if (training.update === Number(update)) {
    process.kill(process.pid, signal);
    // The loop looks up every 50 ms.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
  }
  return report;
}

export const config: RunConfig = toy.config;

await trainMain(import.meta.url, { ...toy, step }, config);
