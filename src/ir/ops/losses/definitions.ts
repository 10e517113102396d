/** The losses that a train can name: which op compares what with what. Formulas and edge cases stand with the ops. */

import { losses as lossErrors } from '../../../diagnostics/catalog/losses.ts';
import { shapes } from '../../../diagnostics/catalog/shapes.ts';
import type { AttrValues, Ref, ValueType } from '../../graph.ts';
import type { AnyOp, Emit, Fault } from '../../op.ts';
import { type ArgumentsOf, custom, number } from '../../signature.ts';
import { type LossDef, loss, type Probabilities, type TargetField } from '../../vocabulary.ts';
import { slice } from '../concat.ts';
import { mul } from '../elementwise.ts';
import { float, refuse, sameShape } from '../rules.ts';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from './cross-entropy.ts';
import { cosineProximity, klDivergence } from './direction.ts';
import { categoricalHinge, hinge, squaredHinge } from './margin.ts';
import * as regression from './regression.ts';
import { classWeights, oneHot } from './targets.ts';

/** Which field an output is compared with, where the names of both do not say it. */
export const compared = {
  target: custom<string | null>('the name of a field', (value) => (value.kind === 'word' ? value.word : undefined), {
    default: null,
    doc: 'the field that the output is compared with; it may be an input',
  }),
};

/** What every loss takes. */
const common = {
  weights: custom<readonly number[] | null>(
    'a list with a weight from 0 for each class, one of them above 0: `[1, 2, 5]`',
    (value) => {
      if (value.kind !== 'list') return undefined;
      const weights = value.items.flatMap((item) => (item.kind === 'number' && item.value >= 0 ? [item.value] : []));
      return weights.length === value.items.length && weights.some((w) => w > 0) ? weights : undefined;
    },
    { default: null, doc: 'what samples of each class count' },
  ),
  sample: custom<string | null>(
    'the name of a field with a number a sample',
    (value) => (value.kind === 'word' ? value.word : undefined),
    { default: null, doc: 'the field that says what each sample counts; the sum is still divided by the batch size' },
  ),
  ...compared,
};
type Common = ArgumentsOf<typeof common>;

const smoothing = {
  label_smoothing: number({
    min: 0,
    below: 1,
    default: 0,
    doc: 'share of a target that is spread evenly over all classes',
  }),
};

/** Whether a class field is compared with one output for each class, or, of two classes, with a single one. */
const isColumn = (prediction: ValueType, classes: number): boolean => prediction.shape[1] === 1 && classes === 2;

/** Of [N, …, C] with a field of the same shape; of [N, C] with one of C classes; of [N, 1] with one of two. */
export function targetOf(name: string, prediction: ValueType, field: TargetField, soft: boolean): ValueType | Fault {
  const misfit = (expected: string): Fault =>
    refuse(shapes.lossMismatch, { op: name, expected, input: prediction.shape });
  if (prediction.dtype !== 'float32' || prediction.shape.length < 2) return misfit('values to compare, [N, …, C]');
  const batch = prediction.shape[0] ?? 'N';
  if (field.kind === 'class') {
    if (prediction.shape.length !== 2) return misfit('one value per class, [N, classes]');
    if (prediction.shape[1] !== field.classes && !isColumn(prediction, field.classes))
      return misfit(`one value for each of ${field.classes} classes`);
    return soft ? float(batch, field.classes) : { dtype: 'int32', shape: [batch] };
  }
  const expected = prediction.shape.slice(1);
  if (field.dtype === 'float32' && sameShape(expected, field.shape)) return float(batch, ...field.shape);
  return refuse(lossErrors.targetDiffers, { loss: name, output: expected, dtype: field.dtype, target: field.shape });
}

/** A target of numbers: labels become shares. Of a single output for two classes it is the share of the second. */
export function sharesOf(build: Emit, prediction: Ref, target: Ref): Ref {
  const { dtype, shape } = build.typeOf(target);
  const width = build.typeOf(prediction).shape.at(-1);
  const name = `${target.slice(1)}.shares`;
  if (dtype === 'int32' && typeof width === 'number') return build.one(oneHot, [target], { classes: width }, name);
  return width === 1 && shape.at(-1) === 2 ? build.one(slice, [target], { from: 1, size: 1 }, name) : target;
}

/** What each sample counts: by its class, by itself, or both; nothing where all count alike. */
function weightsOf(build: Emit, target: Ref, sample: Ref | null, weights: Common['weights']): readonly Ref[] {
  const byClass = weights && build.one(classWeights, [target], { weights: [...weights] }, 'class.weights');
  if (byClass !== null && sample !== null) return [build.one(mul, [byClass, sample], {}, 'weights')];
  return [byClass, sample].filter((ref) => ref !== null);
}

const none = (): Probabilities => null;

/** Of one number the angle is 0 or 180°, and its slope 0. */
const needsVectors = (name: string) => (prediction: ValueType) =>
  prediction.shape.at(-1) === 1
    ? refuse(shapes.lossMismatch, { op: name, expected: 'vectors of two values or more', input: prediction.shape })
    : null;

/** A column for two classes has no other output to be above. */
const needsColumns = (name: string) => (prediction: ValueType) =>
  prediction.shape.at(-1) === 1
    ? refuse(shapes.lossMismatch, { op: name, expected: 'an output for each class', input: prediction.shape })
    : null;

interface Named {
  readonly name: string;
  readonly doc: string;
  readonly op: AnyOp;
  /** Where a single output changes from one of two classes to the other. */
  readonly threshold: number | null;
  /** By the kind of the field. */
  readonly attrs?: (field: TargetField) => AttrValues;
  readonly refused?: (prediction: ValueType) => Fault | null;
  readonly bounds?: LossDef['bounds'];
}

/** A loss without arguments of its own, which compares numbers with numbers. */
const plain = ({ name, doc, op, threshold, attrs = () => ({}), refused = () => null, bounds }: Named): LossDef =>
  loss({
    name,
    doc,
    signature: common,
    target: (prediction, field, soft) => refused(prediction) ?? targetOf(name, prediction, field, soft),
    loss: (build, { prediction, target, field, sample }, { weights }) =>
      build.one(
        op,
        [prediction, sharesOf(build, prediction, target), ...weightsOf(build, target, sample, weights)],
        attrs(field),
        'loss',
      ),
    probabilities: none,
    threshold,
    ...(bounds === undefined ? {} : { bounds }),
  });

/** Classes are the shares of two sides; numbers are the sides themselves. */
const sides = ({ kind }: TargetField): AttrValues => (kind === 'class' ? { sides: 'shares' } : {});

type Form = 'softmax' | 'sigmoid';

/** Of a single output sigmoid, of several softmax. */
const formOf = (prediction: ValueType): Form => (prediction.shape.at(-1) === 1 ? 'sigmoid' : 'softmax');

const crossEntropyOf = (
  name: string,
  doc: string,
  form: (prediction: ValueType) => Form,
  refused: (prediction: ValueType, field: TargetField) => Fault | null = () => null,
): LossDef =>
  loss({
    name,
    doc,
    signature: { ...smoothing, ...common },
    target: (prediction, field, soft) => refused(prediction, field) ?? targetOf(name, prediction, field, soft),
    loss(build, { prediction, target, sample }, { label_smoothing, weights }) {
      const isSoftmax = form(build.typeOf(prediction)) === 'softmax';
      // The softmax takes labels as they are.
      const compared = isSoftmax ? target : sharesOf(build, prediction, target);
      const op = isSoftmax ? softmaxCrossEntropy : sigmoidCrossEntropy;
      const operands = [prediction, compared, ...weightsOf(build, target, sample, weights)];
      return build.one(op, operands, { smoothing: label_smoothing }, 'loss');
    },
    probabilities: (prediction) => form(prediction),
    threshold: 0,
  });

/** Softmax over a single value is 1, whatever the value. */
export const needsSeveral =
  (name: string) =>
  (prediction: ValueType): Fault | null =>
    prediction.shape.at(-1) === 1
      ? refuse(shapes.lossMismatch, {
          op: name,
          expected: 'two values or more to share between',
          input: prediction.shape,
        })
      : null;

const needsClasses = (name: string) => (prediction: ValueType, field: TargetField) =>
  needsSeveral(name)(prediction) ??
  (field.kind === 'class'
    ? null
    : refuse(shapes.lossMismatch, { op: name, expected: 'a target of classes, `class(n)`', input: prediction.shape }));

const named: readonly LossDef[] = [
  crossEntropyOf(
    'cross_entropy',
    'of logits: softmax over several outputs, sigmoid of a single one; against a class, or shares from 0 to 1',
    formOf,
  ),
  crossEntropyOf(
    'categorical_crossentropy',
    '−Σ t·ln softmax(logits), against a class or a distribution',
    () => 'softmax',
    needsSeveral('categorical_crossentropy'),
  ),
  crossEntropyOf(
    'sparse_categorical_crossentropy',
    '−ln softmax(logits)[class], against a class',
    () => 'softmax',
    needsClasses('sparse_categorical_crossentropy'),
  ),
  crossEntropyOf(
    'binary_crossentropy',
    '−t·ln σ(logit) − (1 − t)·ln(1 − σ(logit)) of each output by itself, with t from 0 to 1',
    () => 'sigmoid',
  ),
  plain({ name: 'mean_squared_error', doc: 'mean of (p − t)²', op: regression.meanSquaredError, threshold: 0.5 }),
  plain({ name: 'mean_absolute_error', doc: 'mean of |p − t|', op: regression.meanAbsoluteError, threshold: 0.5 }),
  plain({
    name: 'mean_absolute_percentage_error',
    doc: 'mean of 100·|p − t|/max(|t|, 1e-7)',
    op: regression.meanAbsolutePercentageError,
    threshold: 0.5,
  }),
  plain({
    name: 'mean_squared_logarithmic_error',
    doc: 'mean of (ln(p + 1) − ln(t + 1))², p and t at least 1e-7',
    op: regression.meanSquaredLogarithmicError,
    threshold: 0.5,
  }),
  plain({ name: 'logcosh', doc: 'mean of ln cosh(p − t)', op: regression.logCosh, threshold: 0.5 }),
  plain({
    name: 'hinge',
    doc: 'mean of max(1 − t·p, 0), t −1 or 1; 0, and of classes the first, is −1',
    op: hinge,
    threshold: 0,
    attrs: sides,
  }),
  plain({
    name: 'squared_hinge',
    doc: 'mean of max(1 − t·p, 0)², t −1 or 1; 0, and of classes the first, is −1',
    op: squaredHinge,
    threshold: 0,
    attrs: sides,
  }),
  plain({
    name: 'categorical_hinge',
    doc: 'max(0, 1 + the largest other output − that of the class)',
    op: categoricalHinge,
    threshold: null,
    refused: needsColumns('categorical_hinge'),
  }),
  plain({
    name: 'kullback_leibler_divergence',
    doc: 'Σ t·ln(t/p), both clipped to 1e-7 … 1: the output must be probabilities; of logits use `categorical_crossentropy`, of the same gradient',
    op: klDivergence,
    threshold: 0.5,
    bounds: 'from 0 to 1',
  }),
  plain({
    name: 'poisson',
    doc: 'mean of p − t·ln(p + 1e-7): the output must be above 0, such as that of `act(softplus)`',
    op: regression.poisson,
    threshold: 0.5,
    bounds: 'above 0',
  }),
  plain({
    name: 'cosine_proximity',
    doc: 'minus the cosine of the angle between p and t, along the last axis',
    op: cosineProximity,
    threshold: null,
    refused: needsVectors('cosine_proximity'),
  }),
];

export const losses: Readonly<Record<string, LossDef>> = Object.fromEntries(named.map((def) => [def.name, def]));
