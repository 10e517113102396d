/** Learning rates by update, counted from 1. */

export function constantSchedule(
  update: number,
  { rate, warmup }: { readonly rate: number; readonly warmup: number },
): number {
  return update <= warmup ? (rate * update) / warmup : rate;
}

export function cosineSchedule(
  update: number,
  updates: number,
  { rate, warmup, final }: { readonly rate: number; readonly warmup: number; readonly final: number },
): number {
  if (update <= warmup) return (rate * update) / warmup;
  // A run no longer than its warm-up has no cosine; what follows it counts as its end.
  const t = updates <= warmup ? 1 : Math.min(1, (update - warmup) / (updates - warmup));
  return final + (rate - final) * 0.5 * (1 + Math.cos(Math.PI * t));
}
