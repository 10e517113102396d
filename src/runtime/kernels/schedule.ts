/** Learning rates by update: plain numbers, nothing on the backend. Updates count from 1. */

interface Warmup {
  /** The rate after warming up. */
  readonly rate: number;
  /** Updates over which the rate grows linearly from rate/warmup to `rate`. Default 0: none. */
  readonly warmup?: number;
}

/** rate · update/warmup while update ≤ warmup, `rate` after that. */
export function constantSchedule(update: number, { rate, warmup = 0 }: Warmup): number {
  return update <= warmup ? (rate * update) / warmup : rate;
}

/**
 * Warm-up, then half a cosine down to `final` (default 0) at the last of `updates`:
 *   final + (rate − final) · ½(1 + cos π·t)   t = (update − warmup)/(updates − warmup), within [0, 1]
 *
 * Source  Loshchilov & Hutter 2017 (SGDR), without restarts.
 */
export function cosineSchedule(
  update: number,
  updates: number,
  { rate, warmup = 0, final = 0 }: Warmup & { readonly final?: number },
): number {
  if (update <= warmup) return (rate * update) / warmup;
  // A run that is no longer than its warm-up ends with the full rate; dividing by zero would make it NaN.
  const t = Math.min(1, Math.max(0, (update - warmup) / Math.max(1, updates - warmup)));
  return final + (rate - final) * 0.5 * (1 + Math.cos(Math.PI * t));
}
