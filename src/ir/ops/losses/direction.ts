/**
 * Losses of whole rows, such as distributions and embeddings: summed over the last axis, averaged over the rest.
 *
 *   klDivergence Σ t·ln(t/p), both clipped to [ε, 1] · cosineProximity −Σ p/‖p‖ · t/‖t‖
 *
 * ε is 1e-7; 1/‖x‖ is at most 1/ε. Where p is clipped its slope is 0, and that of a vector of no length is 0 too.
 * klDivergence takes probabilities, as in Keras, not logits.   Source  Keras 3, `keras.losses`.
 */
import * as reference from '../../reference/losses.ts';
import { lossOps } from './family.ts';

export const [klDivergence, klDivergenceGrad] = lossOps({
  kind: 'klDivergence',
  doc: 'mean over the rows of Σ target·ln(target/prediction)',
  attrs: {},
  row: reference.klDivergence,
});

export const [cosineProximity, cosineProximityGrad] = lossOps({
  kind: 'cosineProximity',
  doc: 'minus the mean cosine of the angle between prediction and target',
  attrs: {},
  row: reference.cosineProximity,
});
