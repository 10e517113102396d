/** Specs that emitted code is tested on: between them every op, both phases of every one that differs. */
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
  readonly text: string;
  readonly shape: readonly number[];
  readonly classes: number;
}

export const cases: Readonly<Record<string, Case>> = {
  'batch norm, dropout, decay, clipping, adam': {
    shape: [8, 8, 1],
    classes: 4,
    text: spec(
      '8, 8, 1',
      4,
      'conv(3, kernel: 3)  norm  act  maxpool(2)  conv(4, kernel: 3)  norm  act  flatten  dense(8)  act  drop',
      'norm: batch  act: relu  drop: dropout(drop: 0.3)  conv, dense { decay: 1e-2 }  gradient { clip: global_norm(0.5) }',
      'optimizer: adam(rate: 1e-2)  schedule: cosine(warmup: 2)',
    ),
  },
  'strides, explicit and valid padding, dilation, non-square': {
    shape: [9, 7, 2],
    classes: 3,
    text: spec(
      '9, 7, 2',
      3,
      'conv(4, kernel: [3, 2], stride: 2)  act  conv(4, kernel: 3, padding: 1)  act(tanh)  conv(3, kernel: 2, padding: valid, dilation: 2)  act(gelu)  flatten',
      'act: leaky_relu(slope: 0.2)  conv { penalty: l2(1e-2) }  dense.bias { penalty: l1(1e-3) }',
      'optimizer: sgd(rate: 0.05, momentum: 0.9, nesterov: true)',
    ),
  },
  'groups, average pooling, plain sgd with penalties': {
    shape: [8, 8, 4],
    classes: 3,
    text: spec(
      '8, 8, 4',
      3,
      'conv(4, kernel: 3, groups: 2)  act  avgpool(3, stride: 2)  flatten  dense(6)  act(sigmoid)',
      'act: elu  conv, dense { penalty: l2(1e-2, half: true)  init: kaiming }',
      'optimizer: sgd(rate: 0.1)  last: drop',
    ),
  },
  'standard dropout, norm without scale, adamw, a stage': {
    shape: [6, 6, 1],
    classes: 3,
    text: spec(
      '6, 6, 1',
      3,
      'stem: { conv(3, kernel: 3, bias: true)  norm  act  maxpool(3, stride: 2) }  flatten  dense(8)  act  drop',
      'norm: batch(scale: false, momentum: 0.8)  act: relu6  drop: dropout(keep: 0.7, form: standard)  conv, dense { decay: decoupled(0.01, per: step) }',
      'optimizer: adamw(rate: 1e-2)  schedule: constant(warmup: 3)',
    ),
  },
  'names that emitted code has for itself': {
    shape: [4, 4, 1],
    classes: 3,
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
};

/** Specs whose emitted code is only compiled. */
export const compiledOnly: Readonly<Record<string, string>> = {
  underscored: 'network Net { input _state: float32[4]  dense(3) }',
  nothing:
    'network Flat { input w: float32[4, 2, 1]  flatten }\nnetwork Dropped with P { input _w: float32[4]  drop }\npolicy P { drop: dropout(drop: 0.5) }',
};
