/** Processes that train cases: each takes the next case when it is done with one. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { failure, runtimeErrors } from '../../runtime/errors.ts';
import { type FromWorker, isFromWorker, type Outcome, type ToWorker } from './messages.ts';

/** `.ts` when nrmc runs from its sources, `.js` when it is built. */
const file = fileURLToPath(new URL(`./worker${path.extname(import.meta.url)}`, import.meta.url));

export interface Job {
  readonly name: string;
  readonly message: Extract<ToWorker, { kind: 'train' }>;
}

interface PoolEvents {
  readonly began: (job: Job, worker: number) => void;
  readonly says: (job: Job, worker: number, text: string) => void;
  readonly ended: (job: Job, worker: number, outcome: Outcome) => void;
}

export interface Pool {
  /** Resolves when no case is waiting or running any more. */
  readonly done: Promise<void>;
  /** Those that run make their checkpoints; those that wait are left waiting. */
  readonly stop: (signal: NodeJS.Signals) => void;
}

export function startPool(jobs: readonly Job[], count: number, events: PoolEvents): Pool {
  const waiting = [...jobs];
  let stopping: NodeJS.Signals | null = null;
  const children = new Set<ChildProcess>();
  const send = (child: ChildProcess, message: ToWorker): void => {
    if (child.connected) child.send(message);
  };

  /** One process after the other in this place, as long as there are cases. */
  async function place(worker: number): Promise<void> {
    while (waiting.length > 0 && stopping === null) await serve(worker);
  }

  /** One process: until nothing waits, or it ends by itself. */
  function serve(worker: number): Promise<void> {
    return new Promise((resolve) => {
      const child = start(count);
      children.add(child);
      let job: Job | null = null;
      let errors = '';
      let closed = false;
      let ready = false;
      const next = (): void => {
        job = stopping === null ? (waiting.shift() ?? null) : null;
        if (job === null) child.disconnect();
        else {
          events.began(job, worker);
          send(child, job.message);
        }
      };
      const onMessage = (message: FromWorker): void => {
        if (message.kind === 'ready') {
          ready = true;
          next();
        } else if (job !== null && message.kind === 'says') {
          events.says(job, worker, message.text);
        } else if (job !== null && message.kind === 'ended') {
          const done = job;
          job = null;
          events.ended(done, worker, message.outcome);
          next();
        }
      };
      child.on('message', (message) => {
        if (isFromWorker(message)) onMessage(message);
      });
      child.stderr?.on('data', (text) => {
        errors = `${errors}${text}`.slice(-2000);
      });
      const close = (how: string): void => {
        if (closed) return;
        closed = true;
        children.delete(child);
        // Before it took one, the next process would end in the same way.
        const lost = job ?? (how === '' ? null : (waiting.shift() ?? null));
        if (lost !== null) events.ended(lost, worker, broken(lost.name, how, errors));
        resolve();
      };
      child.on('error', (error) => close(error.message));
      child.on('exit', (code, signal) => close(code === 0 && ready ? '' : (signal ?? `exit code ${code}`)));
    });
  }

  return {
    done: Promise.all(Array.from({ length: Math.min(count, jobs.length) }, (_, i) => place(i))).then(() => {}),
    stop(signal) {
      stopping ??= signal;
      for (const child of children) send(child, { kind: 'stop', signal });
    },
  };
}

function start(count: number): ChildProcess {
  return fork(file, [], {
    // A group of its own: an interrupt at the terminal reaches the sweep alone, which passes it on once.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...(count === 1 ? {} : oneThread) },
  });
}

/** Several processes of several threads each would wait for each other. */
const oneThread = { OMP_NUM_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' };

function broken(name: string, how: string, errors: string): Outcome {
  const said = errors.trim().split('\n').at(-1) ?? '';
  const { code, message } = failure(runtimeErrors.processEnded, {
    name,
    how: [...(how === '' ? ['without a word'] : [how]), ...(said === '' ? [] : [said])].join('; '),
  });
  return { status: 'failed', code, why: message };
}
