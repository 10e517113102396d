/** Learning rates by update: plain numbers, nothing on the backend. Updates count from 1. */

interface Warmup {
  /** The rate after warming up. */
  readonly rate: number;
  /** How long the rate grows linearly from near 0 to `rate`. Default 0: not at all. */
  readonly warmup?: number;
  /** The counts of the schedule are of so many updates: those of an epoch. Default 1: they are updates. */
  readonly perEpoch?: number;
}

/** The rate while warming up; null after that. */
const warming = (update: number, { rate, warmup = 0, perEpoch = 1 }: Warmup): number | null =>
  update <= warmup * perEpoch ? (rate * update) / (warmup * perEpoch) : null;

/** rate · update/warmup while update ≤ warmup, `rate` after that. */
export const constantSchedule = (update: number, options: Warmup): number => warming(update, options) ?? options.rate;

interface Steps extends Warmup {
  /** Default 0.1. */
  readonly factor?: number;
  /** From one step to the next, or */
  readonly every?: number;
  /** when each step comes: the update after that has the next rate. */
  readonly at?: readonly number[];
}

/** rate · factorᵏ, k being how many steps are over, counted from the beginning of the run. While warming up no step counts. */
export function stepSchedule(update: number, options: Steps): number {
  const { rate, factor = 0.1, every = 0, at = [], perEpoch = 1 } = options;
  const done = (update - 1) / perEpoch;
  const steps = every > 0 ? Math.floor(done / every) : at.filter((time) => time <= done).length;
  return warming(update, options) ?? rate * factor ** steps;
}

/** Warm-up, then rate · factorᵗ, t = (update − 1 − warmup)/every. */
export function exponentialSchedule(
  update: number,
  options: Warmup & { readonly factor: number; readonly every: number },
): number {
  const { rate, factor, every, warmup = 0, perEpoch = 1 } = options;
  const t = ((update - 1) / perEpoch - warmup) / every;
  return warming(update, options) ?? rate * factor ** t;
}

interface Decaying extends Warmup {
  /** Default 0. */
  readonly final?: number;
  /** When it ends, warm-up included. Default 0: with the run. */
  readonly length?: number;
}

/** The share of the decay that is over, within [0, 1]. */
function progress(update: number, updates: number, { warmup = 0, length = 0, perEpoch = 1 }: Decaying): number {
  const start = warmup * perEpoch;
  const end = length > 0 ? length * perEpoch : updates;
  // A run that is no longer than its warm-up ends with the full rate; dividing by zero would make it NaN.
  return Math.min(1, Math.max(0, (update - start) / Math.max(1, end - start)));
}

/**
 * Warm-up, then a power of what is left, down to `final` at the last update:
 *   final + (rate − final) · (1 − t)ᵖᵒʷᵉʳ   t = (update − warmup)/(length − warmup), within [0, 1]
 */
export function polynomialSchedule(
  update: number,
  updates: number,
  options: Decaying & { readonly power?: number },
): number {
  const { rate, final = 0, power = 1 } = options;
  const left = 1 - progress(update, updates, options);
  return warming(update, options) ?? final + (rate - final) * left ** power;
}

/**
 * Warm-up, then half a cosine down to `final` at the last update:
 *   final + (rate − final) · ½(1 + cos π·t)   t = (update − warmup)/(length − warmup), within [0, 1]
 *
 * Source  Loshchilov & Hutter 2017 (SGDR), without restarts.
 */
export function cosineSchedule(update: number, updates: number, options: Decaying): number {
  const { rate, final = 0 } = options;
  const t = progress(update, updates, options);
  return warming(update, options) ?? final + (rate - final) * 0.5 * (1 + Math.cos(Math.PI * t));
}

interface OneCycle {
  /** The highest rate. */
  readonly rate: number;
  /** Share of the cycle in which the rate rises. Default 0.3. */
  readonly rise?: number;
  /** The first rate is rate/divFactor. Default 25. */
  readonly divFactor?: number;
  /** The last rate is that over finalDivFactor. Default 10,000. */
  readonly finalDivFactor?: number;
  /** Default `cosine`. */
  readonly anneal?: 'cosine' | 'linear';
  /** Default 0: the whole run. */
  readonly length?: number;
  /** As above. */
  readonly perEpoch?: number;
}

/**
 * From rate/divFactor up to the rate and down to the last one, each by half a cosine or in a straight line.
 *
 * Source  Smith & Topin 2019, as PyTorch's `OneCycleLR` with two phases.
 */
export function oneCycleSchedule(update: number, updates: number, options: OneCycle): number {
  const { rate, rise = 0.3, divFactor = 25, finalDivFactor = 1e4, anneal = 'cosine' } = options;
  const { length = 0, perEpoch = 1 } = options;
  const end = (length > 0 ? length * perEpoch : updates) - 1;
  const top = rise * (end + 1) - 1;
  const first = rate / divFactor;
  const curve = (t: number): number => (anneal === 'linear' ? t : 0.5 * (1 - Math.cos(Math.PI * t)));
  if (update - 1 < top) return first + (rate - first) * curve((update - 1) / top);
  const t = Math.min(1, (update - 1 - top) / (end - top));
  return rate + (first / finalDivFactor - rate) * curve(t);
}

/** The warm-up of a constant rate, times what the plateaus so far have left of it. */
export const plateauSchedule = (update: number, plateau: number, options: Warmup): number =>
  constantSchedule(update, options) * plateau;
