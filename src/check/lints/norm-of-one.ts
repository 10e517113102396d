/** NRM3308, an error: at one sample a batch norm over features subtracts from each value that value. */
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../model.ts';
import { measuresBatch } from './batch-norms.ts';
import { flowOf, settingOf } from './flow.ts';

/** The first norm of the network to which one value a channel comes; one over an image has many, and is not meant. */
export function refuseNormOfOne(model: Model, batch: Span, report: Report): void {
  const flow = flowOf(model);
  const norm = model.layers.find(
    (l) => measuresBatch(l, flow) && l.output.shape.slice(1, -1).every((size) => size === 1),
  );
  if (norm === undefined) return;
  const facts = { layer: norm.path, features: norm.output.shape.at(-1) ?? 'its' };
  report(training.normOfOne.at(batch, facts, { places: { norm: settingOf(norm, 'norm', null)?.from.span ?? null } }));
}
