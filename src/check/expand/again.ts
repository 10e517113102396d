/** `again encoder`: a labelled step, stage or block once more, with the same weights. */
import { names } from '../../diagnostics/catalog/names.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { AgainStep, StepItem } from '../../parser/tree.ts';
import type { Wire } from '../places.ts';
import { type Here, unknownWire, Values, type Walk } from './here.ts';

export function again(walk: Walk, item: StepItem, core: AgainStep, current: Wire | null, here: Here): Wire | null {
  const named = here.names.step('again', item.label, core.span, here.scope, here.rounds);
  const label = core.name.text;
  if (label === '') return current; // missing, and reported by the parser
  const path = lookUp(walk, label, here.names.prefix);
  const target = path === null ? undefined : walk.found.labelled.get(path);
  if (path === null || target === undefined) {
    const known = [...walk.found.labelled.keys()].map((p) => p.split('.').at(-1) ?? p);
    const step = walk.found.byPath.has(here.names.path(label));
    here.report(names.unknownLabel.at(core.name.span, { label, step, nearest: nearest(label, known), known }));
    return unknownWire(core.span);
  }
  // A second application within a second application repeats what that one repeats: paths of originals.
  const place = walk.found.byPath.get(path);
  if (place !== undefined && place.kind !== 'step' && place.kind !== 'slot')
    walk.found.repeats.push({ path: named.path, word: label, span: core.span });
  const nodes = walk.found.nodes.length;
  const after = walk.place(target.item, named, current, {
    ...target.here,
    values: new Values(target.here.values, true),
    report: here.report,
    again: { path: named.path, original: path },
  });
  checkSame(walk, path, nodes, core, here);
  return after;
}

/** The path of a label as seen from inside of `prefix`: the nearest one counts. */
function lookUp(walk: Walk, label: string, prefix: string): string | null {
  for (let outer = prefix; ; outer = outer.replace(/[^.]*\.$/, '')) {
    if (walk.found.labelled.has(`${outer}${label}`)) return `${outer}${label}`;
    if (outer === '') return null;
  }
}

/** Both applications must have the same layers: an `if` on the shape that arrives could make them differ. */
function checkSame(walk: Walk, original: string, from: number, core: AgainStep, here: Here): void {
  const first = walk.found.nodes
    .slice(0, from)
    .filter((n) => n.original === null && (n.path === original || n.path.startsWith(`${original}.`)));
  const second = walk.found.nodes.slice(from).map((n) => n.original);
  if (first.length === second.length && first.every((n, i) => n === second[i])) return;
  here.report(names.againDiffers.at(core.span, { label: original }));
}
