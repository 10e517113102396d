/**
 * Words of the language that this version does not compile yet, by what they name. They are known, so that a spec that uses one
 * is told the truth (`not compiled by this version`, not `unknown`), and so that no label takes a name that means something later.
 * A word leaves this table when its definition enters `src/ir/ops`.
 */
export const unsupported = {
  layer: [
    'conv1d',
    'conv3d',
    'depthwise',
    'separable',
    'conv_transpose',
    'maxpool1d',
    'maxpool3d',
    'avgpool1d',
    'avgpool3d',
    'global_maxpool',
    'reshape',
    'pad',
    'upsample',
    'embedding',
    'lstm',
    'gru',
    'simple_rnn',
    'bidirectional',
    'attention',
  ],
  norm: [
    'ghost_batch',
    'layer',
    'group',
    'instance',
    'frn',
    'local_response',
    'weight_standardization',
    'scaled',
    'rms',
  ],
  act: ['tlu', 'prelu'],
  drop: [],
  initializer: ['truncated', 'orthogonal', 'glorot_uniform', 'kaiming_uniform', 'lecun_uniform'],
  penalty: ['gaussian', 'laplace'],
  decay: [],
  clip: ['value', 'norm', 'adaptive', 'dynamic'],
  optimizer: ['rmsprop', 'adagrad', 'adadelta', 'adamax', 'nadam', 'lion', 'sam'],
  schedule: ['step', 'exponential', 'polynomial', 'one_cycle', 'reduce_on_plateau'],
  loss: [
    'mean_squared_error',
    'mean_absolute_error',
    'mean_absolute_percentage_error',
    'mean_squared_logarithmic_error',
    'squared_hinge',
    'hinge',
    'categorical_hinge',
    'logcosh',
    'categorical_crossentropy',
    'sparse_categorical_crossentropy',
    'binary_crossentropy',
    'kullback_leibler_divergence',
    'poisson',
    'cosine_proximity',
    'label_smoothing',
  ],
  metric: ['top_k', 'precision', 'recall', 'f1', 'confusion_matrix', 'mean_absolute_error', 'r2', 'calibration_error'],
  source: ['csv', 'images', 'npy', 'npz', 'safetensors', 'cifar'],
  preprocessing: ['zca'],
  field: ['text', 'real'],
  /** Keys of rules. */
  setting: ['constraint', 'prior', 'noise', 'statistics'],
  /** Keys of `train`. */
  training: ['accumulate', 'average', 'reuse_validation', 'stop'],
  /** Keys of `data`. */
  data: ['augment', 'test', 'shuffle'],
  /** Keys of the section `gradient`. */
  gradient: ['accumulate', 'of'],
} as const satisfies Record<string, readonly string[]>;

export type WordKind = keyof typeof unsupported;

export const isUnsupported = (kind: WordKind, word: string): boolean =>
  (unsupported[kind] as readonly string[]).includes(word);
