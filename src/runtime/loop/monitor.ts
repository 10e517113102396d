/** What early stopping watches, by its name: `loss`, `accuracy`; with several outputs `label_loss`, `label_accuracy` too. */
import { lossesOf, metricsOf, type Scores } from '../metrics.ts';

export function monitored(scores: Scores, monitor: string): number {
  const losses = Object.entries(lossesOf(scores)).map(([output, loss]) => [`${output}_loss`, loss] as const);
  const values = new Map<string, number>([['loss', scores.loss], ...losses, ...Object.entries(metricsOf(scores))]);
  const value = values.get(monitor);
  if (value === undefined) throw new Error(`no value \`${monitor}\` in the scores: ${[...values.keys()].join(', ')}`);
  return value;
}
