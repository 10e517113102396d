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
  norm: [],
  act: [],
  drop: [],
  initializer: [],
  penalty: [],
  prior: [],
  constraint: [],
  decay: [],
  noise: [],
  clip: [],
  ascent: [],
  optimizer: [],
  schedule: [],
  loss: [],
  metric: [],
  source: [],
  preprocessing: [],
  field: ['text'],
  /** Keys of rules. */
  setting: [],
  /** Keys of `train`. */
  training: [],
  /** Keys of `data`. */
  data: ['augment'],
  augmentation: [],
  /** Keys of the section `gradient`. */
  gradient: [],
} as const satisfies Record<string, readonly string[]>;

export type WordKind = keyof typeof unsupported;

export const isUnsupported = (kind: WordKind, word: string): boolean =>
  (unsupported[kind] as readonly string[]).includes(word);
