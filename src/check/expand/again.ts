/** `again encoder`: something labelled once more, with the same weights. Its text is walked again under another path. */
import { names } from '../../diagnostics/catalog/names.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { AgainStep, StepItem } from '../../parser/tree.ts';
import { Names } from '../naming.ts';
import type { Wire } from '../places.ts';
import { type Here, unknownWire, usedAt, Values, type Walk } from './here.ts';
import { Again } from './labels.ts';

export function again(walk: Walk, item: StepItem, core: AgainStep, current: Wire | null, here: Here): Wire | null {
  const named = here.names.step('again', item.label, core.span, here.scope, here.rounds);
  const label = core.name.text;
  if (label === '') return current; // missing, and reported by the parser
  const target = here.labels.get(label);
  // Within itself it is not at its end, also when it is only being repeated.
  if (target === null || here.again?.isRepeating(target.item) === true) {
    const known = here.labels.names();
    const step = walk.found.byPath.has(here.names.path(label));
    here.report(names.unknownLabel.at(core.name.span, { label, step, nearest: nearest(label, known), known }));
    return unknownWire(core.span);
  }
  const application = new Again(named.path, target, here.again);
  if (isGroup(target.item, target.here)) walk.found.repeats.push({ path: named.path, word: label, span: core.span });
  const after = walk.make(target.item, named, current, {
    ...target.here,
    names: new Names(named.path, here.report),
    values: new Values(target.here.values, true),
    depth: here.depth + 1,
    report: usedAt(core.span, named.path, here.report),
    again: application,
    applied: core.span,
  });
  if (!application.isSame()) here.report(names.againDiffers.at(core.span, { label }));
  return after;
}

/** Whether it holds steps rather than being one. */
const isGroup = ({ core }: StepItem, { scope }: Here): boolean =>
  core.kind === 'call' ? scope.blocks.has(core.name.text) : core.kind !== 'join';
