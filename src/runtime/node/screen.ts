/** What a run says: lines, and on a terminal one live line below them. */
import process from 'node:process';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { EpochReport, Phase, StepReport } from '../loop.ts';
import { metricsText } from '../metrics/text.ts';
import { lossesOf } from '../metrics.ts';
import type { MetricConfig } from '../model.ts';

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
  readonly #metrics: readonly MetricConfig[];
  readonly #batch: number;
  readonly #began = performance.now();
  /** Batches that this process has trained on, shown or not. */
  #seen = 0;
  /** `accuracy 93.75%`, of each output where there are several; empty until the first validation. */
  #accuracies: readonly string[] = [];

  constructor(epochs: number, batch: number, metrics: readonly MetricConfig[]) {
    this.#metrics = metrics;
    this.#epochs = epochs;
    this.#batch = batch;
  }

  /** To be told of each step, for the speed. */
  seen(): void {
    this.#seen++;
  }

  /** Losses are means over the epoch so far, as at its end. */
  step({ progress, steps, left }: StepReport): string {
    const { phase, epoch, step, sums } = progress;
    const rate = (this.#seen * 1000) / (performance.now() - this.#began);
    const mean = (sum: number): number => sum / sums.samples;
    const losses = Object.fromEntries(Object.entries(sums.losses).map(([output, sum]) => [output, mean(sum)]));
    return [
      this.#title(phase, epoch),
      `${bar(step / steps)} ${count(step)}/${count(steps)}`,
      `loss ${lossText(mean(sums.loss), losses)}`,
      ...this.#accuracies,
      `${count(rate * this.#batch)} samples/s`,
      `${duration(left / rate)} left`,
    ].join('  ');
  }

  /** `epoch 2/5`; behind the first phase how many there will be is not what the spec says. */
  #title(phase: Phase, epoch: number): string {
    return phase === 'train' ? `epoch ${epoch}/${this.#epochs}` : `${phase}, epoch ${epoch}`;
  }

  epoch({ phase, epoch, loss, losses, penalty, validation, seconds }: EpochReport): string {
    this.#accuracies = validation === null ? [] : metricsText(validation, this.#metrics);
    return [
      this.#title(phase, epoch),
      `loss ${lossText(loss, losses)}`,
      ...(penalty === 0 ? [] : [`penalty ${penalty.toFixed(4)}`]),
      ...(validation === null ? [] : [`validation loss ${lossText(validation.loss, lossesOf(validation))}`]),
      ...this.#accuracies,
      duration(seconds),
    ].join('  ');
  }
}

/** `1.2345`, or `1.2345 (shape 0.9000, label 0.3345)` */
function lossText(loss: number, losses: Readonly<Record<string, number>>): string {
  const each = Object.entries(losses).map(([output, value]) => `${output} ${value.toFixed(4)}`);
  return each.length === 0 ? loss.toFixed(4) : `${loss.toFixed(4)} (${each.join(', ')})`;
}
