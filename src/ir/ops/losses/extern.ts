/**
 * A loss of the user's own: loss = forward(prediction, target, args), and dprediction = backward(prediction, target, args), as a module
 * exports them. To the compiler both are opaque functions of operands and attributes.
 *
 * Shapes  prediction [N, …]   target, of the same shape   →   loss []; the runtime holds the module to it.
 * Source  docs/externs.md.
 * Errors  NRM2107 operands that do not belong together.
 */
import { aText } from '../../attributes.ts';
import type { ValueType } from '../../graph.ts';
import { defineOp, type Fault, none } from '../../op.ts';
import { aListOfArguments } from '../extern.ts';
import { d, float, sameShape, shapeText, unfit, unlessOne } from '../rules.ts';

/** `module`: relative to the folder of the spec. */
const attrs = { name: aText(), module: aText(), args: aListOfArguments };

const noReference = (name: string): never => {
  throw new Error(`\`${name}\` is code of the user's own: it cannot be evaluated in float64`);
};

const fits = (kind: string, prediction: ValueType, target: ValueType): Fault | null =>
  prediction.dtype === 'float32' && target.dtype === 'float32' && sameShape(prediction.shape, target.shape)
    ? null
    : unfit(kind, `a float32 target ${shapeText(prediction.shape)}`, target);

export const externLossGrad = defineOp({
  kind: 'externLossGrad',
  doc: "gradient of a loss of the user's own",
  operands: ['prediction', 'target', 'dLoss?'],
  results: ['dPrediction'],
  attrs,
  stages: ['step'],
  writes: [],
  shape: ({ prediction, target }) => fits('externLossGrad', prediction, target) ?? [prediction],
  train: 'same',
  infer: 'same',
  gradient: none('there is no second derivative of it'),
  evaluate: (_, { name }) => noReference(name),
  kernel: 'externLossGrad',
});

export const externLoss = defineOp({
  kind: 'externLoss',
  doc: "a loss of the user's own",
  operands: ['prediction', 'target'],
  results: ['loss'],
  attrs,
  stages: ['train', 'step'],
  writes: [],
  shape: ({ prediction, target }) => fits('externLoss', prediction, target) ?? [float()],
  train: 'same',
  infer: 'same',
  gradient: ({ build, operands: { prediction, target }, attrs: given, dy, dyIsOne }) => ({
    prediction: build.one(externLossGrad, [prediction, target, unlessOne(dy, dyIsOne)], { ...given }, d(prediction)),
  }),
  evaluate: (_, { name }) => noReference(name),
  kernel: 'externLoss',
});
