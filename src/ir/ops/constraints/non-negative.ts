/** nonNegative: w ← max(w, 0), in place, after the update.   parameter [...].   As Keras `NonNeg`. */
import { defineOp, none } from '../../op.ts';
import * as reference from '../../reference/constraints.ts';
import { constraint } from '../../vocabulary.ts';
import { array } from '../rules.ts';

export const nonNegative = defineOp({
  kind: 'nonNegative',
  doc: 'max(w, 0), in place',
  operands: ['parameter'],
  results: [],
  attrs: {},
  stages: ['step'],
  writes: ['parameter'],
  shape: () => [],
  train: 'same',
  infer: 'same',
  gradient: none('a projection after the update'),
  evaluate: ({ parameter }) => [reference.nonNegative(array(parameter))],
  kernel: 'nonNegative',
});

export const nonNegConstraint = constraint({
  name: 'non_neg',
  doc: 'non_neg: sets negative weights to 0',
  signature: {},
  of: 'each',
  bounds: false,
  formula: () => ({ text: 'max(w, 0)', where: [] }),
  constrain(build, parameters) {
    for (const parameter of parameters) build.emit(nonNegative, [parameter]);
  },
});
