/**
 * NRM6008: saturating activations in a deep stack without a norm. Each of them makes the gradients that pass it smaller. Counted from
 * the output back, along the way with the fewest: a sum with a path around is as good as that path, and a norm begins anew.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Layer } from '../model.ts';
import { settingOf } from './flow.ts';
import type { NetworkLint } from './lint.ts';

/** In a row, from which it is said. */
const many = 4;
const saturating: readonly string[] = ['sigmoid', 'hard_sigmoid', 'tanh'];

export const saturation: NetworkLint = ({ model, flow }, report) => {
  const passed = new Map<Layer, number>();
  let worst: { readonly layer: Layer; readonly count: number } | null = null;
  for (const layer of model.layers.toReversed()) {
    const ways = flow
      .takersOf(layer)
      .map((t) => (t.def.use === 'norm' ? 0 : (passed.get(t) ?? 0) + Number(saturates(t))));
    // What nothing takes has no way: a path that a search may choose instead.
    const count = flow.outputsOf(layer).length > 0 || ways.length === 0 ? 0 : Math.min(...ways);
    passed.set(layer, count);
    if (count >= many && count >= (worst?.count ?? 0) && flow.weightsOf(layer).some((w) => w.spec.role === 'kernel'))
      worst = { layer, count };
  }
  if (worst === null) return;
  const first = flow.pathsAhead(worst.layer, (l) => !saturates(l)).find(saturates);
  const from = (first && settingOf(first, 'act', null)?.from) ?? null;
  const facts = {
    layer: worst.layer.path,
    methods: [...new Set(model.layers.filter(saturates).map((l) => l.def.name))],
    count: worst.count,
  };
  report(lints.saturation.at(worst.layer.span, facts, { places: { from: from?.span ?? null } }));
};

const saturates = (layer: Layer): boolean => layer.def.use === 'act' && saturating.includes(layer.def.name);
