/** Every op of losses by its kind, and every loss that a train can name. */
import * as crossEntropy from './cross-entropy.ts';
import * as direction from './direction.ts';
import { externLoss, externLossGrad } from './extern.ts';
import * as margin from './margin.ts';
import * as regression from './regression.ts';
import { classWeights, oneHot } from './targets.ts';

export { compared, losses, needsSeveral, sharesOf, targetOf } from './definitions.ts';

export const lossOps = {
  ...crossEntropy,
  ...regression,
  ...margin,
  ...direction,
  oneHot,
  classWeights,
  externLoss,
  externLossGrad,
} as const;
