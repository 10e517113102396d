/**
 * Lowering: from a checked Model to graphs.
 *
 *   lowerModel   Model → graph of stage `model`: one value a layer, named after it
 *   lowerTrain   the model graph → the forward pass of training, with loss and penalties
 *   lowerInfer   the model graph → inference
 *   recipeOf     what `differentiate` needs beside the training graph
 */
export { lowerInfer, lowerModel } from './model.ts';
export { lowerTrain, recipeOf } from './train.ts';
