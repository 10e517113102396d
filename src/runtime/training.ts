/**
 * `nrmc/runtime/training`: training without files, with the loop, data in memory, weights as bytes. What `nrmc/runtime/node` is built
 * on; runs in a browser tab too.
 */
export {
  type Batch,
  type Batching,
  type Column,
  chunks,
  disposeBatch,
  epochBatches,
  prefetched,
  type Samples,
  type Split,
  split,
  stepsPerEpoch,
  take,
} from './batches.ts';
export { type Comparison, compareFolded } from './comparison.ts';
export { type FittedFields, type Prepared, prepare, prepareTest, type RawColumn, usedFields } from './data.ts';
export { failure, type Mismatch, NrmcError, type RuntimeError, renderError, runtimeErrors } from './errors.ts';
export type { InspectConfig } from './inspect-config.ts';
export type { GradientStatistics, Inspection, LayerStatistics, ParameterStatistics } from './inspection.ts';
export {
  begin,
  type EpochReport,
  endRun,
  type Hooks,
  type InspectReport,
  type LoopConfig,
  type MeasureReport,
  type Phase,
  type PhaseReport,
  type Progress,
  type Run,
  requireTrainable,
  type StepReport,
  type TrainingData,
  train,
} from './loop.ts';
export {
  type Forward,
  lossesOf,
  type Measured,
  type MetricValue,
  metricsOf,
  type OutputScores,
  type Scored,
  type Scores,
  score,
  tablesOf,
  tensorsOf,
} from './metrics.ts';
export type { AnyNetwork, AnyTrain } from './modules.ts';
export { type Apply, applying, fitPreprocessing, type Preprocessing, type Values } from './preprocessing.ts';
export { decodeSafetensors, encodeSafetensors, type StoredTensor, type TensorFile } from './safetensors.ts';
export { type Sample, type SampleParts, type SampleSource, samplesOf } from './samples.ts';
export {
  checkpointTensors,
  type InputSpec,
  inputSpecs,
  loadCheckpoint,
  loadInto,
  loadStart,
  metadataOf,
  migrate,
  type Receiver,
  type TrainedUnder,
  trainedUnder,
  valuesOf,
} from './weights.ts';
