/**
 * NRM6009: stochastic depth with no path around it. A value is lost with a dropped sample when all that it is made of is: behind a step,
 * behind a product with anything, and behind a sum or a concatenation only when each of its paths is.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Layer, Source } from '../model.ts';
import { Alike } from './alike.ts';
import { settingOf } from './flow.ts';
import type { NetworkLint } from './lint.ts';

/** The places of stochastic depth without any of which a value is lost, the nearest first; values share what is behind. */
interface Chain {
  readonly drop: Layer;
  readonly behind: Chain | null;
  readonly length: number;
}

export const lonelyDropPath: NetworkLint = ({ model }, report) => {
  const chains = new Map<string, Chain | null>();
  const chainOf = (source: Source): Chain | null =>
    source.kind === 'input' ? null : (chains.get(source.path) ?? null);
  for (const layer of model.layers) {
    const arriving = layer.sources.map(chainOf);
    const chain = arriving.reduce(layer.def.name === 'mul' ? either : both, arriving[0] ?? null);
    chains.set(layer.path, layer.def.name === 'drop_path' ? longer(chain, layer) : chain);
  }
  const lonely = new Set<Layer>();
  for (const { source } of model.outputs) for (const drop of dropsOf(chainOf(source))) lonely.add(drop);
  const found = new Alike<Layer>();
  for (const layer of model.layers) if (lonely.has(layer)) found.add([layer.span], layer);
  for (const { first: drop, more } of found.all()) {
    const from = settingOf(drop, 'drop', null)?.from;
    const facts = { drop: drop.path, more };
    // A pin is at the place itself.
    const place = from?.kind === 'pin' ? null : (from?.span ?? null);
    report(lints.lonelyDropPath.at(drop.span, facts, { places: { from: place } }));
  }
};

const lengthOf = (chain: Chain | null): number => chain?.length ?? 0;

const longer = (behind: Chain | null, drop: Layer): Chain => ({ drop, behind, length: lengthOf(behind) + 1 });

/** What two chains have in common: where they meet. */
function both(a: Chain | null, b: Chain | null): Chain | null {
  let [x, y] = [a, b];
  while (x !== y) {
    if (lengthOf(x) >= lengthOf(y)) x = x?.behind ?? null;
    else y = y?.behind ?? null;
  }
  return x;
}

/** All of one chain, and of the other what it has for itself. */
function either(a: Chain | null, b: Chain | null): Chain | null {
  const common = both(a, b);
  let all = a;
  for (let own = b; own !== null && own !== common; own = own.behind) all = longer(all, own.drop);
  return all;
}

function* dropsOf(chain: Chain | null): Iterable<Layer> {
  for (let at = chain; at !== null; at = at.behind) yield at.drop;
}
