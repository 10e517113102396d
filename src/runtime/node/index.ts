/** `nrmc/runtime/node`: training, evaluation and prediction with files. */
export { NrmcError, renderError } from '../errors.ts';
export type { AnyNetwork, AnyTrain } from '../modules.ts';
export type { TensorFile } from '../safetensors.ts';
export { type InputSpec, inputSpecs, type TrainedUnder, trainedUnder } from '../weights.ts';
export { type Backend, type BackendName, type BackendOptions, backendNames, chooseBackend } from './backend.ts';
export { type EvaluateOptions, evaluateRun } from './evaluate.ts';
export { readTensors, writeTensors } from './files.ts';
export { loadWeights } from './load.ts';
export { trainMain } from './main.ts';
export { type InputFile, type NetworkInfo, type Predicted, type PredictOptions, predictFile } from './predict.ts';
export { runTraining, type TrainOptions } from './run.ts';
export { type RunInfo, type RunStatus, readRun, runFiles } from './run-folder.ts';
export type { TrainOutcome } from './session.ts';
export type { Summary } from './summary.ts';
