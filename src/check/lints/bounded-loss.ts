/**
 * NRM6016: a loss of values above 0, or of probabilities, behind a layer that gives any number. Poisson's loss is NaN below 0; the divergence
 * clips there, so that nothing is learnt from it.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { TrainLint } from './lint.ts';

/** What gives numbers of either sign, however it is trained. */
const unbounded: ReadonlySet<string> = new Set(['dense', 'conv', 'linear']);

export const boundedLoss: TrainLint = ({ train, model }, report) => {
  for (const { output, loss } of train.losses) {
    const { name, bounds } = loss.def;
    if (bounds === undefined) continue;
    const source = model.outputs.find((o) => o.name === output)?.source;
    const layer = source?.kind === 'layer' ? model.layers.find((l) => l.path === source.path) : undefined;
    if (layer === undefined || !(unbounded.has(layer.def.name) || layer.def.use === 'norm')) continue;
    report(lints.boundedLoss.at(layer.span, { layer: layer.path, loss: name, bounds }));
  }
};
