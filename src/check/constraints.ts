/** Constraints meet the weights: the axes that they name must be there. */
import { updates } from '../diagnostics/catalog/updates.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { settingOf } from './lints/flow.ts';
import type { Model } from './model.ts';

export function checkConstraints(model: Model, report: Report): void {
  for (const layer of model.layers) {
    for (const weight of layer.weights) {
      const { constraint, shape } = weight;
      const axis = constraint?.def.axes?.(constraint.args)?.find((a) => a >= shape.length);
      if (constraint === null || axis === undefined) continue;
      const span = settingOf(layer, 'constraint', weight.spec.name)?.from.span ?? null;
      report(updates.axisOutside.at(span, { constraint: constraint.def.name, axis, weight: weight.name, shape }));
    }
  }
}
