/** Specs with everything that is drawn at random: what dropout, DropConnect and noise are emitted as. */
import type { Case } from './specs.ts';

const head = `
data Pictures {
  source: idx("pictures")
  fields { image: float32[8, 6, 2]   label: class(3) }
}
`;

const train = `
train net {
  network: Net  policy: P  data: Pictures  loss: cross_entropy  batch: 6  epochs: 1  seed: 3
  optimizer: adam(rate: 1e-2)
}
`;

/** Every one of them; the encoder is used twice, the paths of the sum are dropped by sample. */
export const everyRandom = `${head}
network Net with P {
  input image: float32[8, 6, 2]
  stem: { conv(4, kernel: 3) norm act drop }
  sum { | conv(4, kernel: 3) act drop(drop_path(drop: 0.3)) | identity }
  flatten
  hidden: dense(6)  act
  shared: dense(6)  act(tanh)
  dense(6)  again shared
  drop
  dense(3)
}
policy P {
  norm: batch  act: relu
  drop: dropout(drop: 0.2)
  stem drop { drop: dropout(keep: 0.75, shape: channel) }
  stem conv { noise: gaussian(0.1) }
  conv.kernel[last] { drop: dropconnect(drop: 0.3)  noise: gaussian(0.02) }
  hidden.kernel { drop: dropconnect(keep: 0.6, mask: sample, inference: gaussian(samples: 7)) }
  shared.kernel { drop: dropconnect(drop: 0.4, inference: gaussian(samples: 3)) }
  shared.bias { noise: gaussian(0.05) }
  act[last] { noise: gaussian(0.03) }
  input { noise: gaussian(0.05) }
}
${train}`;

export const randomCases: Readonly<Record<string, Case>> = {
  'dropout of channels, dropconnect, drop path, noise everywhere, a shared layer': { text: everyRandom },
  'dropconnect behind which a norm stands, of a conv and of dense layers': {
    text: `${head}
network Net with P {
  input image: float32[8, 6, 2]
  conv(4, kernel: 3, stride: 2) norm act
  conv(4, kernel: [3, 2], padding: valid) act(sigmoid)
  flatten
  dense(6) norm act
  dense(3)
}
policy P {
  norm: batch  act: relu
  conv, dense { drop: dropconnect(drop: 0.25, inference: gaussian(samples: 4)) }
}
${train}`,
  },
  'standard dropout that stays exact': {
    text: `${head}
network Net with P {
  input image: float32[8, 6, 2]
  conv(4, kernel: 3)  act  maxpool(2)  flatten  drop
  dense(6)  act  drop
  dense(3)
}
policy P {
  act: relu  drop: dropout(drop: 0.3, form: standard, exact: true)
  dense { penalty: l2(1e-2)  decay: 1e-2  constraint: max_norm(2) }
}
${train}`,
  },
};
