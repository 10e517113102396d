/**
 * Losses of a margin, of targets s = ±1 and predictions p of any size.
 *
 *   hinge mean of max(1 − s·p, 0) · squaredHinge mean of max(1 − s·p, 0)²
 *   categoricalHinge max(0, 1 + max over the row of (1 − t)·p − Σ t·p), with t the shares of the classes
 *
 * Targets as `signs` are −1 and 1, and 0 stands for −1; as `shares`, which is how classes arrive, they go from 0 to 1: s = 2t − 1.
 * At the margin itself the slope is 0; of equal largest values the first one gets it.
 * Source  Keras 3, `keras.losses`, which converts labels when all of a batch are 0 or 1.
 */
import { oneOf } from '../../attributes.ts';
import * as reference from '../../reference/losses.ts';
import { lossOps } from './family.ts';

const attrs = { sides: oneOf(['signs', 'shares'], 'signs') };

export const [hinge, hingeGrad] = lossOps({
  kind: 'hinge',
  doc: 'mean of max(1 − target·prediction, 0)',
  attrs,
  row: reference.hinge,
});

export const [squaredHinge, squaredHingeGrad] = lossOps({
  kind: 'squaredHinge',
  doc: 'mean of max(1 − target·prediction, 0)²',
  attrs,
  row: reference.squaredHinge,
});

export const [categoricalHinge, categoricalHingeGrad] = lossOps({
  kind: 'categoricalHinge',
  doc: 'mean over the rows of max(0, 1 + the largest other prediction − that of the class)',
  attrs: {},
  row: reference.categoricalHinge,
});
