/** What a sweep says while it runs: a line for each case that ends, and below them what each process is doing. */
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { figure, isShare, type RunResult, timeText } from '../../report/sweep/index.ts';
import { createScreen, duration, type Screen } from '../../runtime/node/screen.ts';
import type { Job } from './pool.ts';
import type { CaseRecord } from './record.ts';

interface Doing {
  readonly name: string;
  readonly since: number;
  readonly text: string;
}

export class View {
  readonly #screen: Screen = createScreen(false);
  readonly #doing = new Map<number, Doing>();
  readonly #timer: NodeJS.Timeout;
  readonly #cases: () => readonly CaseRecord[];
  readonly #jobs: number;

  constructor(cases: () => readonly CaseRecord[], jobs: number) {
    this.#cases = cases;
    this.#jobs = jobs;
    this.#timer = setInterval(() => this.#show(), 250);
  }

  line(text: string): void {
    this.#screen.line(text);
  }

  began({ name }: Job, worker: number): void {
    this.#doing.set(worker, { name, since: performance.now(), text: 'starts' });
    this.#show();
  }

  says(worker: number, text: string): void {
    const line = stripVTControlCharacters(text).trim().split('\n').at(-1) ?? '';
    const doing = this.#doing.get(worker);
    // Which backend it is says little beside an epoch.
    if (doing !== undefined && line !== '' && !line.startsWith('backend '))
      this.#doing.set(worker, { ...doing, text: line });
    this.#show();
  }

  /** Seconds that it took. */
  ended(worker: number): number {
    const doing = this.#doing.get(worker);
    this.#doing.delete(worker);
    return doing === undefined ? 0 : (performance.now() - doing.since) / 1000;
  }

  result({ name, status, seconds }: CaseRecord, result: RunResult): void {
    const took = timeText(seconds);
    if (status !== 'finished') {
      this.line(
        `${name}  ${status}${result.why === null || status === 'interrupted' ? '' : `: ${result.why.split('\n')[0]}`}  ${took}`,
      );
      return;
    }
    const measures = Object.entries(result.measures).map(
      ([of, value]) => `${of} ${figure(value, { format: isShare(of) ? 'percent' : 'number' })}`,
    );
    this.line([name, ...measures, took].join('  '));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#screen.end();
  }

  #show(): void {
    this.#screen.live(() => {
      const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
      const lines = [...this.#doing]
        .toSorted(([a], [b]) => a - b)
        .map(([, { name, since, text }]) => {
          const seconds = duration((performance.now() - since) / 1000);
          return `  ${name}  ${text}  (${seconds})`.slice(0, width - 1);
        });
      return [...lines, this.#total()].join('\n');
    });
  }

  #total(): string {
    const cases = this.#cases();
    const done = cases.filter((c) => c.status === 'finished' || c.status === 'failed' || c.status === 'skipped');
    const failed = cases.filter((c) => c.status === 'failed').length;
    const left = secondsLeft(cases);
    return [
      `${done.length} of ${cases.length} cases done`,
      ...(failed === 0 ? [] : [`${failed} failed`]),
      ...(left === null ? [] : [`about ${duration(left / this.#jobs)} left`]),
    ].join('  ');
  }
}

/** By the seconds an update took in cases of as many updates, else in all; null before the first has ended. */
export function secondsLeft(cases: readonly CaseRecord[]): number | null {
  const known = cases.filter((c) => c.status === 'finished' && c.updates !== null && c.updates > 0);
  const open = cases.filter((c) => c.status === 'waiting' || c.status === 'running' || c.status === 'interrupted');
  if (known.length === 0) return null;
  const rate = (of: readonly CaseRecord[]): number =>
    of.reduce((sum, c) => sum + c.seconds, 0) / of.reduce((sum, c) => sum + (c.updates ?? 0), 0);
  return open.reduce((sum, c) => {
    const alike = known.filter((k) => k.updates === c.updates);
    return sum + (c.updates ?? 0) * rate(alike.length > 0 ? alike : known);
  }, 0);
}
