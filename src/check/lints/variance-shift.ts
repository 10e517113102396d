/**
 * NRM6001: dropout before batch norm. Dropout keeps the mean of a value and raises its variance, in training only; a batch norm behind
 * it learns the raised one. Told where the value comes to the norm as it was dropped: through activations, pooling, joins, but not
 * through weights, which mix many values, nor through another norm, nor through the mean over all positions.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import { layers } from '../../ir/ops/index.ts';
import type { Layer } from '../model.ts';
import { Alike } from './alike.ts';
import { measuresBatch } from './batch-norms.ts';
import type { NetworkLint } from './lint.ts';

export const varianceShift: NetworkLint = ({ model, flow }, report) => {
  // What a layer of the user's own does with it is not known.
  const keeps = (l: Layer): boolean =>
    (l.def.use === 'join' || Object.hasOwn(layers, l.def.name)) &&
    l.def.use !== 'norm' &&
    l.def.name !== 'global_avgpool' &&
    !isDropout(l) &&
    flow.weightsOf(l).length === 0;
  const pairs = new Alike<{ readonly drop: Layer; readonly norm: Layer }>();
  for (const drop of model.layers) {
    if (!isDropout(drop)) continue;
    const norm = flow
      .pathsAhead(drop, keeps)
      // Without moving statistics a batch is measured in prediction too.
      .find((l) => measuresBatch(l, flow) && l.args.track !== false);
    if (norm !== undefined) pairs.add([drop.span, norm.span], { drop, norm });
  }
  for (const { first, more } of pairs.all()) {
    const { drop, norm } = first;
    report(
      lints.varianceShift.at(drop.span, { drop: drop.path, norm: norm.path, more }, { places: { norm: norm.span } }),
    );
  }
};

const isDropout = (l: Layer): boolean => l.def.name === 'dropout';
