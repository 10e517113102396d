// What proves each method: a test, the words by which it speaks of the method, and what it compares with. A test of this table reads the
// files: a proof that is not there fails.

export interface Proof {
  /** The test that holds it, and the record or script that says what it is compared with; relative to the repository. */
  readonly files: readonly [test: string, ...more: string[]];
  /** What it is compared with: `PyTorch`, `closed form`. */
  readonly against: string;
  /** Found in one of the files. */
  readonly says: string;
}

const proofs = (
  against: string,
  files: Proof['files'],
  words: Readonly<Record<string, string>>,
): Readonly<Record<string, Proof>> =>
  Object.fromEntries(Object.entries(words).map(([word, says]) => [word, { files, against, says }]));

const normFamily = ['test/ir/oracle.test.ts', 'test/ir/oracle/norm-family.json', 'scripts/oracle/norms.py'] as const;
const keras = ['test/ir/losses.test.ts', 'test/ir/oracle/losses.json', 'scripts/oracle/losses.py'] as const;
const optimizers = ['test/ir/optimizers.test.ts', 'test/ir/oracle/optimizers.json'] as const;
const schedules = [
  'test/ir/optimizers.test.ts',
  'test/ir/oracle/schedules.json',
  'scripts/oracle/optimizers.py',
] as const;
const updates = ['test/ir/updates.test.ts', 'test/ir/oracle/updates.json', 'scripts/oracle/updates.py'] as const;
const metrics = [
  'test/runtime/metrics.test.ts',
  'test/runtime/oracle/metrics.json',
  'scripts/oracle/losses.py',
] as const;
const formats = [
  'test/runtime/node/formats.test.ts',
  'test/runtime/node/sources.test.ts',
  'scripts/oracle/data.py',
] as const;

/** By the title of the section of the reference, and the word. */
export const proofTable: Readonly<Record<string, Readonly<Record<string, Proof>>>> = {
  Norms: {
    ...proofs('PyTorch', normFamily, {
      batch: 'BatchNorm2d',
      layer: 'layer_norm',
      group: 'group_norm',
      instance: 'instance_norm',
      rms: 'rms_norm',
      local_response: 'LocalResponseNorm',
    }),
    ...proofs('timm', normFamily, { frn: 'FilterResponseNorm' }),
    ...proofs('PyTorch, slice by slice', ['test/ir/norm-laws.test.ts'], {
      ghost_batch: 'a slice is a batch by itself',
    }),
  },
  Activations: {
    ...proofs('Keras', ['test/ir/oracle.test.ts', 'test/ir/oracle/activations.json'], {
      linear: '"linear"',
      relu: '"relu"',
      relu6: '"relu6"',
      leaky_relu: '"leaky_relu"',
      elu: '"elu"',
      selu: '"selu"',
      sigmoid: '"sigmoid"',
      tanh: '"tanh"',
      softplus: '"softplus"',
      silu: '"silu"',
      gelu: '"gelu_tanh"',
      hard_sigmoid: '"hard_sigmoid"',
      hard_swish: '"hard_swish"',
      mish: '"mish"',
    }),
    ...proofs('timm, PyTorch', normFamily, { tlu: '"tlu"', prelu: '"prelu"' }),
  },
  Dropout: {
    ...proofs(
      'PyTorch, the same masks; all masks of 12 units',
      ['test/ir/randomness-oracle.test.ts', 'test/ir/oracle/randomness.json', 'scripts/oracle/randomness.py'],
      { dropout: 'drop' },
    ),
    ...proofs(
      'its mask, sample by sample',
      ['test/emitted/random-training.test.ts', 'test/emitted/random-specs.ts', 'test/check/drop-path.test.ts'],
      { drop_path: 'drop_path' },
    ),
  },
  'Methods of kernels': {
    ...proofs(
      'PyTorch, the same masks; mean and variance over all masks',
      ['test/ir/randomness.test.ts', 'scripts/oracle/randomness.py'],
      {
        dropconnect: 'DropConnect',
      },
    ),
    ...proofs('timm', normFamily, { weight_standardization: 'StdConv2d', scaled: 'ScaledStdConv2d' }),
  },
  Noise: proofs('its L2 penalty on a linear model; s²‖∇f‖² on weights', ['test/ir/randomness.test.ts'], {
    gaussian: 'L2 penalty of λ = s²',
  }),
  'Initial values': proofs('bounds, moments and laws', ['test/runtime/random.test.ts', 'test/ir/vocabulary.test.ts'], {
    glorot: 'glorotUniform',
    glorot_uniform: "'glorot_uniform'",
    glorot_normal: 'glorotNormal',
    kaiming: 'kaimingNormal',
    he: "['he'",
    kaiming_uniform: 'kaimingUniform',
    lecun: 'lecunNormal',
    lecun_uniform: 'lecunUniform',
    orthogonal: 'at right angles',
    truncated: 'truncatedNormal',
    normal: "['normal'",
    uniform: "['uniform'",
    zeros: "['zeros'",
    ones: "['ones'",
    constant: "['constant'",
  }),
  Penalties: proofs(
    'float64 evaluation and finite differences',
    ['test/ir/gradients.test.ts', 'test/ir/vocabulary.test.ts'],
    {
      l1: "'l1'",
      l2: "'l2'",
      l1_l2: 'l1_l2',
    },
  ),
  Priors: proofs(
    'the derivation',
    ['test/lower/lower.test.ts', 'test/check/updates.test.ts', 'test/ir/vocabulary.test.ts'],
    {
      gaussian: 'prior',
      laplace: 'laplace',
    },
  ),
  Decay: proofs('Keras AdamW; ½L2 under SGD', ['test/ir/oracle.test.ts', 'test/ir/oracle/trajectories.json'], {
    decoupled: 'decay',
  }),
  Constraints: {
    ...proofs('Keras', updates, { max_norm: 'MaxNorm', unit_norm: 'UnitNorm', non_neg: 'NonNeg' }),
    ...proofs('nearest points', updates, { ball: 'is the nearest point' }),
  },
  'Gradients near the weights': proofs('PyTorch', ['test/passes/ascent.test.ts', 'test/ir/oracle/sharpness.json'], {
    sam: 'sam',
  }),
  Clipping: {
    ...proofs('PyTorch', updates, { value: '"value"', norm: '"norm"', global_norm: '"global_norm"' }),
    ...proofs('timm', updates, { adaptive: '"adaptive"' }),
    ...proofs('closed form', updates, { dynamic: 'dynamic clipping' }),
  },
  Optimizers: {
    ...proofs('20 updates of Keras', optimizers, {
      sgd: '"sgd"',
      rmsprop: '"rmsprop"',
      adagrad: '"adagrad"',
      adadelta: '"adadelta"',
      adam: '"adam"',
      adamw: '"adamw"',
      adamax: '"adamax"',
      nadam: '"nadam"',
      lion: '"lion"',
    }),
  },
  Schedules: {
    ...proofs('Keras, PyTorch', schedules, {
      step: 'stepSchedule',
      exponential: 'exponentialSchedule',
      polynomial: 'polynomialSchedule',
      cosine: 'cosineSchedule',
      one_cycle: 'oneCycleSchedule',
    }),
    ...proofs('closed form', ['test/ir/vocabulary.test.ts', 'test/ir/reference.test.ts'], { constant: 'constant' }),
    ...proofs(
      'Keras, PyTorch',
      ['test/runtime/plateau.test.ts', 'test/ir/oracle/plateaus.json', 'scripts/oracle/optimizers.py'],
      {
        reduce_on_plateau: 'ReduceLROnPlateau',
      },
    ),
  },
  'Averages of weights': proofs('PyTorch', ['test/ir/averages.test.ts', 'test/ir/oracle/averages.json'], {
    ema: '"ema"',
    swa: '"swa"',
  }),
  'Validation data used again': proofs('runs by hand', ['test/runtime/node/phases.test.ts'], {
    retrain: 'retrain',
    continue: 'continue',
  }),
  'Early stopping': proofs(
    'made-up curves; runs',
    ['test/runtime/node/phases.test.ts', 'test/check/loop.test.ts', 'test/runtime/node/loop.test.ts'],
    {
      monitor: 'monitor',
      patience: 'patience',
      min_delta: 'min_delta',
      restore: 'restore',
    },
  ),
  Losses: proofs('Keras', keras, {
    cross_entropy: 'softmaxCrossEntropy',
    categorical_crossentropy: 'softmaxCrossEntropy',
    sparse_categorical_crossentropy: 'SparseCategoricalCrossentropy',
    binary_crossentropy: 'sigmoidCrossEntropy',
    mean_squared_error: 'meanSquaredError',
    mean_absolute_error: 'meanAbsoluteError',
    mean_absolute_percentage_error: 'meanAbsolutePercentageError',
    mean_squared_logarithmic_error: 'meanSquaredLogarithmicError',
    logcosh: 'logCosh',
    hinge: '"hinge"',
    squared_hinge: 'squaredHinge',
    categorical_hinge: 'categoricalHinge',
    kullback_leibler_divergence: 'klDivergence',
    poisson: '"poisson"',
    cosine_proximity: 'cosineProximity',
  }),
  'Sources of data': {
    ...proofs('files written by hand', ['test/runtime/node/idx.test.ts'], { idx: 'idx' }),
    ...proofs('NumPy, Pillow, safetensors', formats, {
      csv: 'csv',
      images: 'images',
      npy: 'npy',
      npz: 'npz',
      safetensors: 'safetensors',
      cifar: 'cifar',
    }),
  },
  Preprocessing: {
    ...proofs('closed form', ['test/runtime/node/batches.test.ts'], { minmax: 'minmax', standardize: 'standardize' }),
    ...proofs('NumPy', ['test/runtime/whitening.test.ts'], { zca: 'zca' }),
  },
  Augmentation: proofs('what it does to pixels', ['test/runtime/augment.test.ts'], {
    flip: "'flip'",
    crop: "'crop'",
    shift: "'shift'",
    rotate: "'rotate'",
    brightness: "'brightness'",
    contrast: "'contrast'",
    cutout: "'cutout'",
    mixup: "'mixup'",
    cutmix: "'cutmix'",
  }),
  Metrics: proofs('scikit-learn', metrics, {
    accuracy: '"accuracy"',
    top_k: '"top_3_accuracy"',
    precision: '"precision"',
    recall: '"recall"',
    f1: '"f1"',
    confusion_matrix: '"confusion_matrix"',
    calibration_error: '"calibration_error"',
    mean_absolute_error: '"mean_absolute_error"',
    mean_squared_error: '"mean_squared_error"',
    r2: '"r2"',
  }),
};
