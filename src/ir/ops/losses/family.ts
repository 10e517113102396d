/**
 * A loss, and its gradient by the prediction: two ops from what the loss of one row is.
 *   prediction [N, …, C]   target, of the same shape   weights [N]?   →   loss []
 *   loss = 1/N · Σₙ wₙ · (mean over the rows of sample n of the loss of a row)
 *
 * The sum is divided by the number of samples, with weights too: Keras's `sum_over_batch_size`. Targets get no gradient: they are data.
 * Errors  NRM2107 operands that do not belong together.
 */
import type { ValueType } from '../../graph.ts';
import { type AttrSpecs, type AttrsOf, defineOp, type Fault, none, type Op } from '../../op.ts';
import { lossOf, type RowLoss, slopeOf } from '../../reference/losses.ts';
import { array, arrayOrNull, d, float, sameShape, shapeText, unfit, unlessOne } from '../rules.ts';

type Loss<A extends AttrSpecs> = Op<readonly ['prediction', 'target', 'weights?'], A, readonly ['loss']>;
type Slope<A extends AttrSpecs> = Op<
  readonly ['prediction', 'target', 'dLoss?', 'weights?'],
  A,
  readonly ['dPrediction']
>;

interface Compared {
  readonly prediction: ValueType;
  readonly target: ValueType;
  readonly weights: ValueType | null;
}

/** The ordinary rule: a target of the prediction's own shape. */
const ofOneShape = (kind: string, { prediction, target }: Compared): Fault | null =>
  target.dtype === 'float32' && sameShape(target.shape, prediction.shape)
    ? null
    : unfit(kind, `a float32 target ${shapeText(prediction.shape)}`, target);

function fits(kind: string, of: Compared, target: typeof ofOneShape): Fault | null {
  const { prediction, weights } = of;
  if (prediction.dtype !== 'float32' || prediction.shape.length < 2)
    return unfit(kind, 'a float32 prediction [N, …, C]', prediction);
  if (weights !== null && (weights.dtype !== 'float32' || !sameShape(weights.shape, prediction.shape.slice(0, 1))))
    return unfit(kind, 'a float32 weight of each sample', weights);
  return target(kind, of);
}

export function lossOps<const A extends AttrSpecs>(of: {
  readonly kind: string;
  /** What a row's loss is. */
  readonly doc: string;
  readonly attrs: A;
  readonly row: RowLoss<AttrsOf<A>>;
  /** Where a target may have another form. */
  readonly target?: typeof ofOneShape;
  /** Such a target under the prediction's shape, for the reference. */
  readonly shares?: (
    prediction: ReturnType<typeof array>,
    target: ReturnType<typeof array>,
  ) => ReturnType<typeof array>;
}): readonly [Loss<A>, Slope<A>] {
  const { kind, doc, attrs, row, target: rule = ofOneShape, shares = (_, target) => target } = of;
  const slope: Slope<A> = defineOp({
    kind: `${kind}Grad`,
    doc: `gradient of ${kind}`,
    operands: ['prediction', 'target', 'dLoss?', 'weights?'],
    results: ['dPrediction'],
    attrs,
    stages: ['step'],
    writes: [],
    shape: ({ prediction, target, weights }) =>
      fits(`${kind}Grad`, { prediction, target, weights }, rule) ?? [prediction],
    train: 'same',
    infer: 'same',
    gradient: none('second derivatives are not derived'),
    evaluate: ({ prediction, target, weights, dLoss }, options) => {
      const [p, t] = [array(prediction), array(target)];
      return [slopeOf(row, p, shares(p, t), arrayOrNull(weights), arrayOrNull(dLoss), options)];
    },
    kernel: `${kind}Grad`,
  });
  const loss: Loss<A> = defineOp({
    kind,
    doc,
    operands: ['prediction', 'target', 'weights?'],
    results: ['loss'],
    attrs,
    stages: ['train', 'step'],
    writes: [],
    shape: ({ prediction, target, weights }) => fits(kind, { prediction, target, weights }, rule) ?? [float()],
    train: 'same',
    infer: 'same',
    gradient({ build, operands: { prediction, target, weights }, attrs: given, dy, dyIsOne }) {
      const operands = [prediction, target, unlessOne(dy, dyIsOne), ...(weights === null ? [] : [weights])];
      return { prediction: build.one(slope, operands, { ...given }, d(prediction)) };
    },
    evaluate: ({ prediction, target, weights }, options) => {
      const [p, t] = [array(prediction), array(target)];
      return [lossOf(row, p, shares(p, t), arrayOrNull(weights), options)];
    },
    kernel: kind,
  });
  return [loss, slope];
}
