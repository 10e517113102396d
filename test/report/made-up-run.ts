/** Results of runs that nobody made. */
import type { EpochPoint, History, InspectionPoint, LayerPoint, RunResults } from '../../src/report/run/index.ts';

const epoch = (at: number, perEpoch: number): EpochPoint => ({
  at,
  update: at * perEpoch,
  phase: 'train',
  loss: 2 / (at + 0.1),
  penalty: 0.1 + 0.2,
  penalties: { conv: 0.1, 'dense, <odd> & "quoted"': 0.2 },
  rate: 0.1 / at,
  validation: { loss: 2.2 / (at + 0.1), accuracy: 1 - 0.3 / at, mean_absolute_error: 1 / 3 },
  isBest: false,
  seconds: 12.345678,
});

export interface LayerOptions extends Partial<LayerPoint> {
  readonly norm?: number;
}

/** After so many updates; layers and kernels by name. */
export const looked = (
  update: number,
  layers: Readonly<Record<string, LayerOptions>>,
  kernels: Readonly<Record<string, number | null>> = {},
): InspectionPoint => ({
  phase: 'train',
  update,
  samples: 64,
  layers: Object.fromEntries(
    Object.entries(layers).map(([name, { norm = 1 / 3, ...rest }]) => [
      name,
      { mean: 0.1 + 0.2, std: 1 / 3, units: 8, gradient: { mean: 0, std: norm / 10, norm }, ...rest },
    ]),
  ),
  parameters: Object.fromEntries(
    Object.entries(kernels).map(([name, moved]) => [name, { norm: 2, gradient: 0.5, moved }]),
  ),
});

/** A history of so many epochs and updates, looked into after each epoch. */
export const historyOf = (epochs: number, perEpoch: number, inspections: readonly InspectionPoint[] = []): History => ({
  epochs: Array.from({ length: epochs }, (_, i) => epoch(i + 1, perEpoch)),
  updates: Array.from({ length: epochs * perEpoch }, (_, i) => ({
    ...epoch((i + 1) / perEpoch, perEpoch),
    update: i + 1,
  })),
  inspections,
  confusion: {
    label: [
      [40, 2, 0],
      [5, 30, 5],
      [0, 1, 17],
    ],
  },
});

export const madeUpRun = (given: Partial<RunResults> = {}): RunResults => ({
  name: 'lenet-1',
  train: 'lenet',
  network: 'LeNet',
  policy: 'Modern',
  status: 'finished',
  why: null,
  backend: 'wasm',
  seed: 7,
  version: '0.1.0',
  epochs: 5,
  data: { folder: '/data/<fashion>', files: ['train-images-idx3-ubyte.gz'] },
  history: historyOf(5, 20, [
    looked(0, { conv1: {}, act1: { dead: 0.5 }, act2: { saturated: 0.75 } }, { 'conv1.kernel': null }),
    looked(100, { conv1: {}, act1: { dead: 0.1 + 0.2 }, act2: { saturated: 0.1 } }, { 'conv1.kernel': 1e-3 }),
  ]),
  test: { samples: 100, loss: 0.1 + 0.2, metrics: { accuracy: 0.87, f1: 2 / 3 }, byClass: {} },
  notes: ['The validation loss was lowest after epoch 4: 0.5366.'],
  facts: [['speed', '0.31 ms unfolded, 0.22 ms folded, for 256 samples']],
  spec: 'nrm 1\n\n// a comment & <more>\ntrain lenet {\n  network: LeNet\n  source: idx("fashion")\n  rate: 4e-3\n}\n',
  picture: '<svg xmlns="http://www.w3.org/2000/svg" class="nrm-picture"><title>Network LeNet</title></svg>\n',
  ...given,
});
