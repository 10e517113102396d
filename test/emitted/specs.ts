/** Specs that emitted code is tested on: between them every op, both phases of every one that differs. */
import { norms } from './norm-specs.ts';
import { randomCases } from './random-specs.ts';
import { samCase, updateCases } from './update-specs.ts';

const head = (shape: string, classes: number): string => `
data Pictures {
  source: idx("pictures")
  fields { image: float32[${shape}]   label: class(${classes}) }
}
`;

const spec = (
  shape: string,
  classes: number,
  network: string,
  policy: string,
  train: string,
): string => `${head(shape, classes)}
network Net with P {
  input image: float32[${shape}]
  ${network}
  dense(${classes})
}
policy P { ${policy} }
train net {
  network: Net  policy: P  data: Pictures  loss: cross_entropy  batch: 6  epochs: 1  seed: 3
  ${train}
}
`;

export interface Case {
  /** Has a train `net`. */
  readonly text: string;
}

/** A residual network: a block with a path around it, which is a convolution where the shape changes. */
export const residual = `
block Residual(filters, stride = 1) {
  sum {
    | conv(filters, kernel: 3, stride: stride, padding: 1) norm act  conv(filters, kernel: 3) end: norm
    | shortcut(filters, stride)
  }
  act
}

network ResNet(classes = 3) with Classic {
  input image: float32[8, 8, 2]
  stem: { conv(4, kernel: 3) norm act }
  Residual(4)
  Residual(6, stride: 2)
  global_avgpool
  classifier: dense(classes)
}

policy Classic {
  norm: batch   act: relu
  conv, dense { init: kaiming   decay: 1e-3 }
  Residual end.gamma { init: zeros }
}

data Pictures {
  source: idx("pictures")
  fields { image: float32[8, 8, 2]   label: class(3) }
}

train net {
  network: ResNet   data: Pictures   loss: cross_entropy
  optimizer: sgd(rate: 0.05, momentum: 0.9)   batch: 8   epochs: 1   seed: 3
}
`;

/** Two inputs through one encoder, two outputs with a loss each; sizes come from the data. */
export const scenes = `
network Scenes(width = 3) with Shared {
  input image: float32[H, W, 1]
  input depth: float32[H, W, 1]

  from image
  encoder: { conv(width, kernel: 3)  norm  act  maxpool(2) }  as seen
  concat {
    | from seen
    | from depth  again encoder
  }
  flatten
  dense(8)  act  drop  as features
  output form: dense(3)
  from features
  output label: dense(4)
}

policy Shared {
  norm: batch   act: relu   drop: dropout(drop: 0.2)
  conv { penalty: l1(1e-3) }
}

data Drawings {
  source: idx("drawings")
  fields {
    image: float32[8, 6, 1] = minmax   depth: float32[8, 6, 1] = standardize
    form: class(3)   label: class(4)
  }
  validation: 10%
}

train net {
  network: Scenes   data: Drawings   loss: { form: cross_entropy   label: cross_entropy }
  optimizer: adam(rate: 1e-2)   batch: 8   epochs: 3   metrics: [accuracy]   seed: 3
}
`;

export const cases: Readonly<Record<string, Case>> = {
  ...norms,
  'batch norm, dropout, decay, clipping, adam': {
    text: spec(
      '8, 8, 1',
      4,
      'conv(3, kernel: 3)  norm  act  maxpool(2)  conv(4, kernel: 3)  norm  act  flatten  dense(8)  act  drop',
      'norm: batch  act: relu  drop: dropout(drop: 0.3)  conv, dense { decay: 1e-2 }  gradient { clip: global_norm(0.5) }',
      'optimizer: adam(rate: 1e-2)  schedule: cosine(warmup: 2)',
    ),
  },
  'strides, explicit and valid padding, dilation, non-square': {
    text: spec(
      '9, 7, 2',
      3,
      'conv(4, kernel: [3, 2], stride: 2)  act  conv(4, kernel: 3, padding: 1)  act(tanh)  conv(3, kernel: 2, padding: valid, dilation: 2)  act(gelu)  flatten',
      'act: leaky_relu(slope: 0.2)  conv { penalty: l2(1e-2) }  dense.bias { penalty: l1(1e-3) }',
      'optimizer: sgd(rate: 0.05, momentum: 0.9, nesterov: true)',
    ),
  },
  'groups, average pooling, plain sgd with penalties': {
    text: spec(
      '8, 8, 4',
      3,
      'conv(4, kernel: 3, groups: 2)  act  avgpool(3, stride: 2)  flatten  dense(6)  act(sigmoid)',
      'act: elu  conv, dense { penalty: l2(1e-2, half: true)  init: kaiming }',
      'optimizer: sgd(rate: 0.1)  last: drop',
    ),
  },
  'clipping by value of the total, norm constraints, adam': {
    text: spec(
      '6, 6, 2',
      3,
      'conv(4, kernel: 3)  act  flatten  dense(8)  act',
      'act: relu  conv { constraint: max_norm(0.7) }  dense { constraint: unit_norm  penalty: l1_l2(1e-3, 1e-2) }  bias { constraint: non_neg }  gradient { clip: value(0.02)  of: total }',
      'optimizer: adam(rate: 1e-2)',
    ),
  },
  'clipping of each weight, a norm over given axes, a prior, plain sgd': {
    text: spec(
      '6, 6, 2',
      3,
      'conv(4, kernel: 3)  act  flatten  dense(8)  act',
      'act: tanh  conv { constraint: max_norm(0.5, axis: [2, 3])  prior: gaussian(sigma: 0.5) }  dense { constraint: max_norm(0.8, axis: 1)  prior: laplace(scale: 2) }  bias { penalty: l2(1e-2)  rate_scale: 2 }  gradient { clip: norm(0.1) }',
      'optimizer: sgd(rate: 0.1)',
    ),
  },
  'adaptive clipping, a ball of all kernels, groups of rates': {
    text: spec(
      '6, 6, 2',
      3,
      'conv(4, kernel: 3)  act  flatten  dense(8)  act',
      'act: relu  conv, dense { constraint: ball(l2: 1.5)  rate_scale: 0.5 }  dense.bias { rate_scale: 0.1 }  gradient { clip: adaptive(0.02, eps: 1e-2) }',
      'optimizer: sgd(rate: 0.1, momentum: 0.9)',
    ),
  },
  'dynamic clipping, a ball in l1, decay per step': {
    text: spec(
      '6, 6, 2',
      3,
      'conv(4, kernel: 3)  act  flatten  dense(8)  act',
      'act: relu  conv, dense { constraint: ball(l1: 20) }  conv { decay: decoupled(0.02, per: step) }  gradient { clip: dynamic(alpha: 0.5, beta: 0.01) }',
      'optimizer: sgd(rate: 0.2)',
    ),
  },
  'adaptive clipping of all layers of the total, nesterov': {
    text: spec(
      '6, 6, 2',
      3,
      'conv(4, kernel: 3)  act  flatten  dense(8)  act',
      'act: relu  dense { penalty: l2(1e-2) }  gradient { clip: adaptive(last: true)  of: total }',
      'optimizer: sgd(rate: 0.1, momentum: 0.9, nesterov: true)',
    ),
  },
  'standard dropout, norm without scale, adamw, a stage': {
    text: spec(
      '6, 6, 1',
      3,
      'stem: { conv(3, kernel: 3, bias: true)  norm  act  maxpool(3, stride: 2) }  flatten  dense(8)  act  drop',
      'norm: batch(scale: false, momentum: 0.8)  act: relu6  drop: dropout(keep: 0.7, form: standard)  conv, dense { decay: decoupled(0.01, per: step) }',
      'optimizer: adamw(rate: 1e-2)  schedule: constant(warmup: 3)',
    ),
  },
  'names that emitted code has for itself': {
    text: `
data Pictures {
  source: idx("pictures")
  fields { image: float32[4, 4, 1]   label: class(3) }
}
network Net with P {
  input image: float32[4, 4, 1]
  params: conv(2, kernel: 3) norm act
  step: { class: conv(2, kernel: 3)  act  w: conv(3, kernel: 1)  norm }
  stepClass: flatten
  look: dense(5) act drop
  conv2d: dense(4)
  label: dense(3)
}
policy P { norm: batch  act: relu  drop: dropout(drop: 0.25) }
train net {
  network: Net  policy: P  data: Pictures  loss: cross_entropy  batch: 6  epochs: 1  seed: 3
  optimizer: adam(rate: 1e-2)
}
`,
  },
  'averages, gradients over several batches': {
    text: spec(
      '6, 6, 1',
      3,
      'conv(3, kernel: 3)  norm  act  flatten  dense(6)  act  drop',
      'norm: batch  act: relu  drop: dropout(drop: 0.2)  conv, dense { penalty: l2(1e-2) }  gradient { clip: global_norm(1) }',
      'optimizer: adam(rate: 1e-2)  accumulate: 3  average: swa(start: 1, every: 2)',
    ),
  },
  'a residual network': { text: residual },
  'two inputs, two outputs, a shared encoder': { text: scenes },
  'three outputs with names of the emitted code, factors by channel': {
    text: `
data Pictures {
  source: idx("pictures")
  fields { image: float32[6, 6, 2]   loss: class(3)   step: class(2)   params: class(4) }
}
network Net with P {
  input image: float32[6, 6, 2]
  conv(4, kernel: 3)  norm  act as maps
  mul {
    | identity
    | global_avgpool  dense(2) act  dense(channels * 2) act(sigmoid)
  }
  flatten as x
  output loss: dense(3)
  from x
  output step: { act(tanh)  head: dense(2) }
  from maps  global_avgpool  output params: dense(4)
}
policy P { norm: batch  act: relu }
train net {
  network: Net  data: Pictures  loss: cross_entropy  batch: 8  epochs: 1  seed: 3
  optimizer: adam(rate: 1e-2)
}
`,
  },
  ...updateCases,
  ...samCase,
  ...randomCases,
};

/** Specs whose emitted code is only compiled. */
export const compiledOnly: Readonly<Record<string, string>> = {
  symbolic:
    'network Any with P { input left: float32[H, W, 1]  input right: float32[H, W, 1]  concat { | from left | from right }  conv(4, kernel: 3) norm act as maps  output seen: maxpool(2)  from maps  global_avgpool  output label: dense(3) }\npolicy P { norm: batch  act: relu }',
  underscored: 'network Net { input _state: float32[4]  dense(3) }',
  nothing:
    'network Flat { input w: float32[4, 2, 1]  flatten }\nnetwork Dropped with P { input _w: float32[4]  drop }\npolicy P { drop: dropout(drop: 0.5) }',
};
