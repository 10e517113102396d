/** NRM2313, NRM2314, errors: a batch that does not come to whole slices of `ghost_batch`. */
import { norms } from '../../diagnostics/catalog/norms.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Model } from '../model.ts';
import { measuresBatch } from './batch-norms.ts';
import { flowOf, settingOf } from './flow.ts';

/** `batch` and `last` as the train has them, and where it says so. */
export function refuseSlices(
  model: Model,
  batch: { readonly size: number; readonly span: Span },
  last: { readonly keeps: boolean; readonly span: Span },
  report: Report,
): void {
  const flow = flowOf(model);
  const ghosts = model.layers.flatMap((layer) => {
    const { size } = layer.args;
    return layer.def.name === 'ghost_batch' && typeof size === 'number' && measuresBatch(layer, flow)
      ? [{ layer, size }]
      : [];
  });
  const uneven = ghosts.find(({ size }) => batch.size % size !== 0);
  // Slices of one sample are whole in any batch.
  const first = uneven ?? ghosts.find(({ size }) => size > 1);
  if (first === undefined) return;
  const { layer, size } = first;
  const facts = { layer: layer.path, size };
  const places = { norm: settingOf(layer, 'norm', null)?.from.span ?? null };
  if (uneven !== undefined)
    report(norms.sliceDoesNotDivide.at(batch.span, { ...facts, batch: batch.size }, { places }));
  else if (last.keeps) report(norms.sliceOfRest.at(last.span, facts, { places }));
}
