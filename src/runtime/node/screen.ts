/** What a run says: lines, and on a terminal one live line below them. */
import process from 'node:process';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { EpochReport, StepReport } from '../loop.ts';
import { lossesOf, metricsOf } from '../metrics.ts';

export interface Screen {
  line(text: string): void;
  /** The present state, replaced by the next; off a terminal a line every so often. */
  live(text: () => string): void;
  /** Leaves the terminal as it was. */
  end(): void;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

const silent: Screen = { line() {}, live() {}, end() {} };

/** Milliseconds between two states: for eyes, and for logs. */
const refresh = { terminal: 100, log: 15_000 };

export function createScreen(quiet: boolean, output: Output = process.stdout): Screen {
  if (quiet) return silent;
  // A terminal of no height, as some containers have it, shows lines.
  const live = output === process.stdout && output.isTTY === true && process.stdout.rows > 0;
  const log = live ? createLogUpdate(process.stdout) : null;
  let shown = performance.now();
  const due = (every: number): boolean => {
    if (performance.now() - shown < every) return false;
    shown = performance.now();
    return true;
  };
  return {
    line(text) {
      log?.clear();
      output.write(`${text}\n`);
    },
    live(text) {
      if (!due(log === null ? refresh.log : refresh.terminal)) return;
      if (log === null) output.write(`${text()}\n`);
      else log(text());
    },
    end() {
      log?.clear();
      log?.done();
    },
  };
}

const count = (n: number): string => Math.round(n).toLocaleString('en-US');
export const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** `1h 02m`, `3m 05s`, `12s` */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s >= 3600) return `${Math.floor(s / 3600)}h ${two(Math.floor((s % 3600) / 60))}m`;
  return s >= 60 ? `${Math.floor(s / 60)}m ${two(s % 60)}s` : `${s}s`;
}

const barWidth = 24;
function bar(share: number): string {
  const done = Math.round(share * barWidth);
  return pc.green('━'.repeat(done)) + pc.dim('─'.repeat(barWidth - done));
}

/** Turns reports into text; knows how fast this process has been since it was made. */
export class Progression {
  readonly #epochs: number;
  /** What the train asks to be told of while it runs. */
  readonly #metrics: readonly 'accuracy'[];
  readonly #batch: number;
  readonly #began = performance.now();
  /** Updates that were made before this process began. */
  readonly #before: number;
  /** `accuracy 93.75%`, of each output where there are several; empty until the first validation. */
  #accuracies: readonly string[] = [];

  constructor(epochs: number, batch: number, before: number, metrics: readonly 'accuracy'[]) {
    this.#metrics = metrics;
    this.#epochs = epochs;
    this.#batch = batch;
    this.#before = before;
  }

  step({ progress, steps, updates, loss, losses }: StepReport): string {
    const rate = ((progress.update - this.#before) * 1000) / (performance.now() - this.#began);
    return [
      `epoch ${progress.epoch}/${this.#epochs}`,
      `${bar(progress.step / steps)} ${count(progress.step)}/${count(steps)}`,
      `loss ${lossText(loss, losses)}`,
      ...this.#accuracies,
      `${count(rate * this.#batch)} samples/s`,
      `${duration((updates - progress.update) / rate)} left`,
    ].join('  ');
  }

  epoch({ epoch, loss, losses, penalty, validation, seconds }: EpochReport): string {
    this.#accuracies =
      validation === null || !this.#metrics.includes('accuracy') ? [] : metricsText(metricsOf(validation));
    return [
      `epoch ${epoch}/${this.#epochs}`,
      `loss ${lossText(loss, losses)}`,
      ...(penalty === 0 ? [] : [`penalty ${penalty.toFixed(4)}`]),
      ...(validation === null ? [] : [`validation loss ${lossText(validation.loss, lossesOf(validation))}`]),
      ...this.#accuracies,
      duration(seconds),
    ].join('  ');
  }
}

/** `1.2345`, or `1.2345 (shape 0.9000, label 0.3345)` */
export function lossText(loss: number, losses: Readonly<Record<string, number>>): string {
  const each = Object.entries(losses).map(([output, value]) => `${output} ${value.toFixed(4)}`);
  return each.length === 0 ? loss.toFixed(4) : `${loss.toFixed(4)} (${each.join(', ')})`;
}

/** `accuracy 93.75%`, `label accuracy 93.75%` */
export const metricsText = (metrics: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(metrics).map(([name, value]) => `${name.replace(/_accuracy$/, ' accuracy')} ${percent(value)}`);
