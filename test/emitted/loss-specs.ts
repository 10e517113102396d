/** Specs of every loss: against numbers, classes and shares, with weights, by a formula and from a module. Between them every form that a loss has. */
import { losses } from '../../src/ir/ops/index.ts';

export interface LossSpec {
  /** Has a train `net`. */
  readonly text: string;
}

const ofNumbers = [
  ...['mean_squared_error', 'mean_absolute_error', 'mean_absolute_percentage_error', 'mean_squared_logarithmic_error'],
  ...['logcosh', 'hinge', 'squared_hinge', 'cosine_proximity'],
];
/** These take values above 0. */
const ofPositive = ['poisson', 'kullback_leibler_divergence'];

const head = `
/// Huber's loss, written out.
loss huber(prediction, target, delta = 1) = mean(where(abs(prediction - target) <= delta,
  0.5 * square(prediction - target), delta * (abs(prediction - target) - 0.5 * delta)))
loss everything(p, t, a = 2) = mean(exp(-abs(p)) + tanh(p) * sigmoid(p) + softplus(p) + relu(p - t) + clip(p, -1, 1))
  + sqrt(mean(square(p - t)) + 1) + mean(sum(softmax(p) * t, axis: last)) - mean(t * log_softmax(p)) + mean(log(square(p) + a))
  + mean(max(p, t) - min(p, t)) + mean(min(p, a) + max(p, -a)) + mean(where(p > t and not p < 0 or p != t, p / a, a / (3 + square(p))))
`;

const spec = (fields: string, outputs: string, loss: string, policy = 'act: relu', metrics = ''): string => `${head}
data Points { source: idx("points")  fields { x: float32[5]  ${fields} } }
network Net with P { input x: float32[5]  dense(6) act as h  ${outputs} }
policy P { ${policy} }
train net {
  network: Net  data: Points  loss: ${loss}  ${metrics === '' ? '' : `metrics: [${metrics}]`}
  optimizer: adam(rate: 1e-2)  batch: 6  epochs: 1  seed: 3
}
`;

const numbers = 'from h  output y: dense(3)';

export const lossSpecs: Readonly<Record<string, LossSpec>> = {
  'of an input': { text: spec('', 'from h  output y: dense(5)', 'mean_squared_error(target: x)') },
  ...Object.fromEntries(
    ofNumbers.map((loss) => [
      loss,
      { text: spec('y: float32[3]', numbers, `${loss}`, 'act: tanh', 'r2, mean_absolute_error') },
    ]),
  ),
  ...Object.fromEntries(
    ofPositive.map((loss) => [
      loss,
      { text: spec('y: float32[3]', 'from h  output y: { dense(3) act(sigmoid) }', loss) },
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(losses)
      .filter((loss) => !ofPositive.includes(loss))
      .map((loss) => [
        `${loss} of classes`,
        {
          text: spec(
            'y: class(3)  w: real',
            numbers,
            `${loss}(weights: [1, 2, 0.5], sample: w)`,
            'act: relu',
            'accuracy, f1',
          ),
        },
      ]),
  ),
  'one output for two classes': {
    text: spec(
      'a: class(2)  b: class(2)  c: class(2)',
      'output a: dense(1)  from h  output b: dense(1)  from h  output c: dense(1)',
      '{ a: cross_entropy(weights: [1, 3], label_smoothing: 0.1)  b: hinge  c: mean_squared_error }',
      'act: relu',
      'accuracy, precision(average: per_class)',
    ),
  },
  'shares, and pictures as targets': {
    text: spec(
      'shares: float32[3]  mask: float32[2, 2, 1]  x2: float32[2, 2, 1]',
      'output shares: dense(3)',
      '{ shares: categorical_crossentropy(label_smoothing: 0.1)  mask: cross_entropy }',
    )
      .replace('dense(6) act as h', 'dense(6) act as h  from x2  output mask: conv(1, kernel: 1)  from h')
      .replace('input x: float32[5]', 'input x: float32[5]  input x2: float32[2, 2, 1]  from x'),
  },
  ...Object.fromEntries(
    ['cross_entropy(weights: [1, 2, 5], label_smoothing: 0.1)', 'hinge', 'mean_squared_error(sample: w)', 'huber'].map(
      (loss) => [
        `of mixed samples, ${loss}`,
        {
          text: spec(
            'image: float32[4, 4, 1]  y: class(3)  w: real  two: class(2)',
            `${numbers}  from image  flatten  output two: dense(1)`,
            `{ y: ${loss}  two: cross_entropy(weights: [1, 3]) }`,
            'act: relu  input { augment: [mixup(alpha: 0.2)] }',
          ).replace('input x: float32[5]', 'input x: float32[5]  input image: float32[4, 4, 1]  from x'),
        },
      ],
    ),
  ),
  'by a formula': { text: spec('y: float32[3]', numbers, 'huber(delta: 0.5)') },
  'by formulas, of classes and numbers': {
    text: spec('y: class(3)  z: float32[2]', `${numbers}  from h  output z: dense(2)`, '{ y: everything  z: huber }'),
  },
};
