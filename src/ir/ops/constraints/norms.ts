/**
 * Constraints on the norms of a weight's parts, in place, after its update.   parameter [..., F]
 *   maxNorm      w ← w·min(1, max/‖w‖)
 *   unitNorm     w ← w/‖w‖, 0 stays 0
 *
 * ‖w‖ is per output unit, over all axes but the last, or over `axes`; of a vector it is the norm of the whole.
 * As Keras `MaxNorm`, `UnitNorm`, without the 1e-7 that it adds to ‖w‖. Source  Srebro & Shraibman 2005; Hinton et al. 2012.
 */
import { aNumber, someAxes } from '../../attributes.ts';
import type { Shape, ValueType } from '../../graph.ts';
import { numeral } from '../../numeral.ts';
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/constraints.ts';
import { axes, number } from '../../signature.ts';
import { constraint } from '../../vocabulary.ts';
import { array, shapeText, unfit } from '../rules.ts';

const projection = none('a projection after the update');

const fits = (op: string, parameter: ValueType, over: readonly number[] | null) =>
  outside(over, parameter.shape).length === 0
    ? []
    : unfit(op, `a weight with the axes ${shapeText(over ?? [])}`, parameter);

/** Axes that a shape does not have. */
const outside = (over: readonly number[] | null, shape: Shape): readonly number[] =>
  (over ?? []).filter((axis) => axis >= shape.length);

export const maxNorm = defineOp({
  kind: 'maxNorm',
  doc: 'w·min(1, max/‖w‖), in place',
  operands: ['parameter'],
  results: [],
  attrs: { max: aNumber(), axes: someAxes() },
  stages: ['step'],
  writes: ['parameter'],
  shape: ({ parameter }, { axes }) => fits('maxNorm', parameter, axes),
  train: 'same',
  infer: 'same',
  gradient: projection,
  evaluate: ({ parameter }, { max, axes }) => [reference.maxNorm(array(parameter), max, axes)],
  kernel: 'maxNorm',
});

export const unitNorm = defineOp({
  kind: 'unitNorm',
  doc: 'w/‖w‖, in place',
  operands: ['parameter'],
  results: [],
  attrs: { axes: someAxes() },
  stages: ['step'],
  writes: ['parameter'],
  shape: ({ parameter }, { axes }) => fits('unitNorm', parameter, axes),
  train: 'same',
  infer: 'same',
  gradient: projection,
  evaluate: ({ parameter }, { axes }) => [reference.unitNorm(array(parameter), axes)],
  kernel: 'unitNorm',
});

const axis = axes({
  default: null,
  doc: 'the axes that a norm goes over; by default all but the last, so that each output unit has its own',
});

const where = (over: readonly number[] | null): string =>
  over === null
    ? '‖w‖: the norm per output unit, over all axes but the last; of a vector the norm of the whole'
    : `‖w‖: the norm over ${over.length === 1 ? 'axis' : 'axes'} ${over.join(', ')}`;

export const maxNormConstraint = constraint({
  name: 'max_norm',
  doc: 'max_norm(m): scales the weights of each output unit to a norm of at most m',
  signature: { max: number({ above: 0, positional: true, doc: 'greatest norm' }), axis },
  of: 'each',
  bounds: true,
  axes: ({ axis }) => axis,
  formula: ({ max, axis }) => ({ text: `w·min(1, ${numeral(max)}/‖w‖)`, where: [where(axis)] }),
  constrain(build, parameters, { max, axis }) {
    for (const parameter of parameters) build.emit(maxNorm, [parameter], { max, axes: axis });
  },
});

export const unitNormConstraint = constraint({
  name: 'unit_norm',
  doc: 'unit_norm: scales the weights of each output unit to a norm of 1; 0 stays 0',
  signature: { axis },
  of: 'each',
  bounds: true,
  axes: ({ axis }) => axis,
  formula: ({ axis }) => ({ text: 'w/‖w‖', where: [where(axis)] }),
  constrain(build, parameters, { axis }) {
    for (const parameter of parameters) build.emit(unitNorm, [parameter], { axes: axis });
  },
});
