/**
 * Lowering: from a checked Model to graphs.
 *
 *   lowerModel   Model → graph of stage `model`: one value a layer, named after it
 *   lowerTrain   the model graph → the forward pass of training, with loss and penalties
 *   lowerLossOf  outputs of a network and their targets → the losses by themselves
 *   lowerInfer   the model graph → inference
 *   lowerSample  the model graph → inference with dropout kept: one draw
 *   rescaled     a train for kernels that a pass has scaled, which takes the path it would have taken
 *   recipeOf     what `differentiate` needs beside the training graph
 */
export { lowerInfer, lowerModel, lowerSample } from './model.ts';
export { exactScales, rescaled } from './rescale.ts';
export { lowerLossOf, lowerTrain, recipeOf } from './train.ts';
