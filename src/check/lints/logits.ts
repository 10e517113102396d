/**
 * NRM6015: an activation or dropout between the last weights and a loss that takes logits. A softmax is refused already; anything else
 * there bends or drops what the loss is to compare.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import { settingOf } from './flow.ts';
import type { TrainLint } from './lint.ts';

export const bentLogits: TrainLint = ({ train, model }, report) => {
  for (const { output, loss, probabilities } of train.losses) {
    if (probabilities === null) continue;
    const source = model.outputs.find((o) => o.name === output)?.source;
    const layer = source?.kind === 'layer' ? model.layers.find((l) => l.path === source.path) : undefined;
    if (layer === undefined || layer.def.name === 'linear') continue;
    const { use, name: method } = layer.def;
    if (use !== 'act' && use !== 'drop') continue;
    const from = settingOf(layer, use, null)?.from;
    const facts = { layer: layer.path, slot: use, method, loss: loss.def.name, applies: probabilities };
    const place = from?.kind === 'pin' ? null : (from?.span ?? null);
    report(lints.bentLogits.at(layer.span, facts, { places: { from: place } }));
  }
};
