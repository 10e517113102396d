/** Trained weights for code of your own. */
import type { Input, NetworkModule, WeightMigration } from '../model.ts';
import { disposeAll } from '../tensors.ts';
import { loadInto, type TrainedUnder, trainedUnder } from '../weights.ts';
import { readTensors } from './files.ts';

/**
 * Reads the weights of an emitted network: `const { params, state } = loadWeights(lenet, 'weights.safetensors')`. The caller disposes
 * of both with `disposeAll`. Fails with every mismatch listed when the file is of another network.
 */
export function loadWeights<
  Params extends object,
  State extends object,
  Frozen extends object,
  Inputs extends readonly Input[],
>(
  module: NetworkModule<Params, State, Frozen, Inputs>,
  file: string,
  migrations: readonly WeightMigration[] = [],
): { readonly params: Params; readonly state: State; readonly trained: TrainedUnder } {
  const weights = readTensors(file);
  const trained = trainedUnder(weights, file);
  const { params, state } = module.init(0);
  try {
    loadInto(params, state, weights, file, { network: 'the network', migrations });
  } catch (error) {
    disposeAll({ params, state });
    throw error;
  }
  return { params, state, trained };
}
