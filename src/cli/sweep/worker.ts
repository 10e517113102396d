/**
 * A process that trains cases of a sweep, one after the other, each as `nrmc train` would. It ends when nobody listens any more, and
 * leaves a checkpoint then.
 */
import process from 'node:process';
import { failure, NrmcError, runtimeErrors } from '../../runtime/errors.ts';
import { sha256 } from '../../runtime/node/data.ts';
import { runTrain } from '../run-train.ts';
import { Refused } from '../terminal.ts';
import { type FromWorker, isToWorker, type Outcome, type ToWorker } from './messages.ts';

let stopping: NodeJS.Signals | null = null;
let running = false;

const tell = (message: FromWorker): void => {
  // Nobody may be left to be told.
  if (process.connected) process.send?.(message);
};

// The sweep decides when to stop; a signal by itself does nothing beside what a run makes of it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

process.on('message', (message) => {
  if (!isToWorker(message)) return;
  if (message.kind === 'stop') stop(message.signal);
  else void train(message);
});
process.on('disconnect', () => {
  stop('SIGTERM');
  if (!running) process.exit();
});
tell({ kind: 'ready' });

/** Again and again, until the run listens: it may be reading its data yet. */
function stop(signal: NodeJS.Signals): void {
  if (stopping !== null) return;
  stopping = signal;
  setInterval(() => process.emit(signal, signal), 50).unref();
}

async function train(message: Extract<ToWorker, { kind: 'train' }>): Promise<void> {
  running = true;
  const outcome = stopping === null ? await tried(message) : { status: 'interrupted' as const };
  running = false;
  tell({ kind: 'ended', outcome });
  if (!process.connected) process.exit();
}

async function tried({ request, settings, spec }: Extract<ToWorker, { kind: 'train' }>): Promise<Outcome> {
  try {
    const output = { write: (text: string) => tell({ kind: 'says', text }) };
    const { summary } = await runTrain(request, { ...settings, output }, (_, __, resolved) => {
      if (sha256(resolved) !== spec)
        throw failure(runtimeErrors.sweepChanged, { folder: settings.run ?? settings.resume ?? '', difference: [] });
    });
    return { status: summary === null ? 'interrupted' : 'finished' };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Outcome {
  if (error instanceof NrmcError) return { status: 'failed', code: error.code, why: error.message };
  if (error instanceof Refused)
    return { status: 'failed', code: error.diagnostics[0]?.code ?? null, why: error.message };
  return { status: 'failed', code: null, why: String(error instanceof Error ? error.stack : error) };
}
