/** Learning rates by update, counted from 1. Counts are of `perEpoch` updates: 1, or those of an epoch. */

interface Units {
  readonly rate: number;
  readonly perEpoch: number;
}

interface Warming extends Units {
  readonly warmup: number;
}

/** The rate while warming up; null after that. */
const warming = (update: number, { rate, warmup, perEpoch }: Warming): number | null =>
  update <= warmup * perEpoch ? (rate * update) / (warmup * perEpoch) : null;

export const constantSchedule = (update: number, options: Warming): number => warming(update, options) ?? options.rate;

export function stepSchedule(
  update: number,
  options: Warming & { readonly factor: number; readonly every: number; readonly at: readonly number[] },
): number {
  const { rate, factor, every, at, perEpoch } = options;
  const done = (update - 1) / perEpoch;
  const steps = every === 0 ? at.filter((time) => done >= time).length : Math.floor(done / every);
  return warming(update, options) ?? rate * factor ** steps;
}

export function exponentialSchedule(
  update: number,
  options: Warming & { readonly factor: number; readonly every: number },
): number {
  const { rate, factor, every, warmup, perEpoch } = options;
  return warming(update, options) ?? rate * factor ** ((update - 1 - warmup * perEpoch) / (every * perEpoch));
}

interface Decaying extends Warming {
  readonly final: number;
  /** 0: the whole run. */
  readonly length: number;
}

/** The share of the decay that is over, within [0, 1]. */
function progress(update: number, updates: number, { warmup, length, perEpoch }: Decaying): number {
  const [start, end] = [warmup * perEpoch, length === 0 ? updates : length * perEpoch];
  // A run no longer than its warm-up has no decay; what follows it counts as its end.
  return end <= start ? 1 : Math.min(1, (update - start) / (end - start));
}

export function polynomialSchedule(
  update: number,
  updates: number,
  options: Decaying & { readonly power: number },
): number {
  const { rate, final, power } = options;
  const left = 1 - progress(update, updates, options);
  return warming(update, options) ?? final + (rate - final) * left ** power;
}

export function cosineSchedule(update: number, updates: number, options: Decaying): number {
  const { rate, final } = options;
  const t = progress(update, updates, options);
  return warming(update, options) ?? final + (rate - final) * 0.5 * (1 + Math.cos(Math.PI * t));
}

export function oneCycleSchedule(
  update: number,
  updates: number,
  {
    rate,
    rise,
    divFactor,
    finalDivFactor,
    anneal,
    length,
    perEpoch,
  }: Units & {
    readonly rise: number;
    readonly divFactor: number;
    readonly finalDivFactor: number;
    readonly anneal: 'cosine' | 'linear';
    readonly length: number;
  },
): number {
  const total = length === 0 ? updates : length * perEpoch;
  const first = rate / divFactor;
  const last = first / finalDivFactor;
  const between = (a: number, b: number, t: number): number =>
    anneal === 'linear' ? a + (b - a) * t : a + (b - a) * 0.5 * (1 - Math.cos(Math.PI * t));
  // Counted as PyTorch does, from 0: the top is at rise·total − 1, the end at total − 1.
  const [now, top, end] = [update - 1, rise * total - 1, total - 1];
  if (now < top) return between(first, rate, now / top);
  return between(rate, last, Math.min(1, (now - top) / (end - top)));
}

export const plateauSchedule = (update: number, plateau: number, options: Warming): number =>
  constantSchedule(update, options) * plateau;
