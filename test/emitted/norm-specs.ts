/** A train for each norm: on images, on what is flat, and on ranks 3 and 5, which the input has. */

const spec = (shape: string, body: string, policy: string): string => `
data Pictures {
  source: idx("pictures")
  fields { image: float32[${shape}]   label: class(4) }
}
network Net with P {
  input image: float32[${shape}]
  ${body}
  dense(4)
}
policy P { ${policy} }
train net {
  network: Net  policy: P  data: Pictures  loss: cross_entropy  batch: 6  last: drop  epochs: 1  seed: 3
  optimizer: adam(rate: 1e-2)
}
`;

const image = (policy: string): string =>
  spec('6, 5, 2', 'conv(4, kernel: 3)  norm  act  conv(6, kernel: 3, stride: 2)  norm  act  flatten', policy);
const flat = (policy: string): string => spec('5, 3', 'flatten  dense(6)  norm  act', policy);
const sequence = (policy: string): string => spec('5, 4', 'norm  act  flatten', policy);
const volume = (policy: string): string => spec('3, 2, 4, 4', 'norm  act  flatten', policy);

const onImages = [
  'norm: batch(unbiased: true)  act: relu',
  'norm: batch(statistics: population, center: false)  act: relu',
  'norm: batch(track: false)  act: relu',
  'norm: ghost_batch(2)  act: relu',
  'norm: ghost_batch(3, unbiased: true, statistics: population)  act: relu',
  'norm: layer  act: relu',
  'norm: layer(axes: channel)  act: gelu',
  'norm: group(2)  act: relu',
  'norm: group(2, scale: false)  act: prelu',
  'norm: instance  act: relu',
  'norm: frn  act: tlu',
  'norm: frn(learned_epsilon: true)  act: tlu',
  'norm: rms  act: silu',
  'norm: local_response(k: 1, alpha: 0.1, size: 3)  act: relu',
  // Kernels as they are standardized: folded into the conv with the norm behind it, or alone.
  'norm: batch  act: relu  conv { norm: weight_standardization }',
  'norm?: none  act: relu  conv, dense { norm: scaled(factor: 1.7139) }',
];
const onFeatures = [
  'norm: batch(unbiased: true, statistics: population)  act: relu',
  'norm: ghost_batch(3)  act: relu',
  'norm: layer  act: relu',
  'norm: group(3)  act: tlu',
  'norm: frn(learned_epsilon: true)  act: tlu',
  'norm: rms  act: prelu',
  'norm: local_response(size: 3)  act: relu',
];
const onOthers = [
  'norm: batch  act: relu',
  'norm: ghost_batch(2)  act: relu',
  'norm: layer  act: relu',
  'norm: layer(axes: channel)  act: relu',
  'norm: group(2)  act: relu',
  'norm: instance  act: prelu',
  'norm: frn  act: tlu',
  'norm: rms  act: relu',
];

export const norms: Readonly<Record<string, { readonly text: string }>> = Object.fromEntries([
  ...onImages.map((policy) => [`images, ${policy}`, { text: image(policy) }] as const),
  ...onFeatures.map((policy) => [`features, ${policy}`, { text: flat(policy) }] as const),
  ...onOthers.map((policy) => [`sequences, ${policy}`, { text: sequence(policy) }] as const),
  ...onOthers.map((policy) => [`volumes, ${policy}`, { text: volume(policy) }] as const),
  [
    'a norm that is measured twice, for the population',
    {
      text: spec(
        '4, 4, 2',
        'concat { | encoder: { conv(3, kernel: 3)  norm  act } | act(tanh)  again encoder }  flatten',
        'norm: batch(statistics: population)  act: relu',
      ),
    },
  ],
]);
