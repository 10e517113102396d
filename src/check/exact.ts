/**
 * NRM2336, errors: what keeps `dropout(…, form: standard, exact: true)` from being exact. The kernel behind such a dropout is made smaller
 * by the share that is kept, and its training with it; clipping and some optimizers and constraints look at sizes that have no counterpart.
 */
import { randomness } from '../diagnostics/catalog/randomness.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { rescaledConstraint, rescaledStep } from '../ir/ops/random/rescaling.ts';
import type { Bound } from '../ir/recipe.ts';
import type { OptimizerDef } from '../ir/vocabulary.ts';
import { flowOf, settingOf } from './lints/flow.ts';
import type { Layer, Model } from './model.ts';

const isExact = ({ def, args }: Layer): boolean => def.name === 'dropout' && args.exact === true;

/** A constraint on a kernel behind it that is about a size which cannot be put otherwise. */
export function refuseInexactConstraints(model: Model, report: Report): void {
  if (!model.layers.some(isExact)) return;
  const flow = flowOf(model);
  for (const drop of model.layers.filter(isExact)) {
    for (const layer of flow.pathsAhead(drop, (l) => flow.weightsOf(l).length === 0)) {
      const kernel = flow.weightsOf(layer).find((w) => w.spec.role === 'kernel');
      if (kernel?.constraint == null || rescaledConstraint(kernel.constraint, 0.5) !== null) continue;
      const what = `\`constraint: ${kernel.constraint.def.name}\` of \`${kernel.name}\``;
      const why = 'it projects to a size that is not the kernel’s own';
      const by = settingOf(layer, 'constraint', kernel.spec.name)?.from.span ?? null;
      report(randomness.notExact.at(placeOf(drop), { drop: drop.path, what, why }, { places: { by } }));
      return;
    }
  }
}

/** A step that cannot be put otherwise for one kernel. */
export function refuseInexactTraining(
  model: Model,
  optimizer: { readonly bound: Bound<OptimizerDef>; readonly span: Span },
  report: Report,
): void {
  const drop = model.layers.find(isExact);
  if (drop === undefined) return;
  const { clip, at } = model.sections.gradient;
  const refuse = (what: string, why: string, by: Span | null): void =>
    report(randomness.notExact.at(placeOf(drop), { drop: drop.path, what, why }, { places: { by } }));
  if (clip !== undefined) refuse(`\`clip: ${clip.def.name}\``, 'it measures gradients, which are larger here', null);
  if (at !== undefined) refuse(`\`at: ${at.def.name}\``, 'it measures gradients, which are larger here', null);
  if (rescaledStep(optimizer.bound, 0.5) === null)
    refuse(
      `the optimizer \`${optimizer.bound.def.name}\``,
      'its steps cannot be put for a smaller kernel',
      optimizer.span,
    );
}

/** Where the policy says so; a pin is at the place itself. */
const placeOf = (drop: Layer): Span => settingOf(drop, 'drop', null)?.from.span ?? drop.span;
