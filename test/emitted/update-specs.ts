/** Trains that differ in their optimizer and their schedule: between them every update, and every schedule with its options. */

const updates: readonly (readonly [optimizer: string, schedule: string])[] = [
  ['sgd(rate: 0.1, momentum: 0.9)', 'step(every: 2, factor: 0.5)'],
  ['rmsprop(rate: 1e-2)', 'step(at: [1], per: epoch, warmup: 0)'],
  [
    'rmsprop(rate: 1e-2, momentum: 0.9, centered: true, epsilon: 1e-3)',
    'exponential(factor: 0.5, every: 1, per: epoch)',
  ],
  ['adagrad(rate: 0.1, accumulator: 0.2)', 'exponential(factor: 0.9, every: 1)'],
  ['adadelta(rate: 1)', 'polynomial(power: 2, final: 1e-3)'],
  ['adam(rate: 1e-2, amsgrad: true)', 'cosine(warmup: 1, length: 2, per: epoch)'],
  ['adamax(rate: 1e-2)', 'one_cycle(rise: 0.4)'],
  ['nadam(rate: 1e-2)', 'one_cycle(anneal: linear, length: 2, per: epoch)'],
  ['lion(rate: 1e-3)', 'reduce_on_plateau(patience: 1, min_delta: 1, warmup: 1, per: epoch)'],
];

const text = (optimizer: string, schedule: string): string => `
data Pictures {
  source: idx("pictures")
  fields { image: float32[4, 4, 1]   label: class(3) }
  validation: 10%
}
network Net with P {
  input image: float32[4, 4, 1]
  flatten  dense(5)  act  dense(3)
}
policy P { act: tanh  dense { decay: 1e-2 }  gradient { clip: global_norm(0.5) } }
train net {
  network: Net  policy: P  data: Pictures  loss: cross_entropy  batch: 6  epochs: 3  seed: 3
  optimizer: ${optimizer}  schedule: ${schedule}
}
`;

/** Gradients near the weights, of a net with all that the second pass has to repeat or to leave alone. */
const sam = `
data Pictures {
  source: idx("pictures")
  fields { image: float32[6, 6, 1]   label: class(3) }
  validation: 10%
}
network Net with P {
  input image: float32[6, 6, 1]
  conv(3, kernel: 3)  norm  act  flatten  dense(5)  act  drop  dense(3)
}
policy P {
  norm: batch   act: relu   drop: dropout(drop: 0.2)
  dense { penalty: l2(1e-2) }
  gradient { at: sam(0.1)   clip: global_norm(0.5) }
}
train net {
  network: Net  policy: P  data: Pictures  loss: cross_entropy  batch: 6  epochs: 3  seed: 3
  optimizer: sgd(rate: 0.1, momentum: 0.9)
}
`;

/** By optimizer and schedule. */
export const updateCases: Readonly<Record<string, { readonly text: string }>> = Object.fromEntries(
  updates.map(([optimizer, schedule]) => [`${optimizer}, ${schedule}`, { text: text(optimizer, schedule) }]),
);

export const samCase: Readonly<Record<string, { readonly text: string }>> = {
  'sam, clipping, a penalty': { text: sam },
};
