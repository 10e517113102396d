/** `norm: weight_standardization`, `drop: dropconnect(drop: 0.5)` of a rule: what stands between a stored kernel and its layer. */
import type { Report } from '../../diagnostics/diagnostic.ts';
import { weightMethods } from '../../ir/ops/index.ts';
import type { Bound } from '../../ir/recipe.ts';
import type { Value } from '../../ir/value.ts';
import type { WeightMethodDef } from '../../ir/vocabulary.ts';
import { bind, entryOf } from '../bind.ts';
import { callOf, checkFraction } from '../entries.ts';
import { tracing } from '../tracing.ts';
import type { Environment } from '../values.ts';

/** What a kernel passes through; `none` is that of the slot of the same name. */
export interface MethodEffect {
  readonly kind: 'method';
  readonly method: Bound<WeightMethodDef>;
}

/** The method of kernels that a value names, whatever its arguments; undefined when it names none. */
export function weightMethodOf(value: Value): WeightMethodDef | undefined {
  const call = callOf(value);
  return call === null ? undefined : entryOf(weightMethods, call.name);
}

/** The method with its arguments bound, or null after saying what is wrong. */
export function bindWeightMethod(
  def: WeightMethodDef,
  value: Value,
  environment: Environment,
  sink: Report,
): MethodEffect | null {
  const args = callOf(value)?.args ?? [];
  if ('keep' in def.signature && !checkFraction(def, args, value.span, sink)) return null;
  const bound = bind(def.signature, args, { name: def.name, span: value.span, environment }, tracing([value], sink));
  return bound && { kind: 'method', method: { def, args: bound } };
}
