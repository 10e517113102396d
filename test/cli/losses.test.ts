/** Numbers and classes learned together by losses of a project's own, as a user trains, evaluates and looks at them. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);
const json = (file: string) => JSON.parse(readFileSync(at(file), 'utf8'));

const spec = `
loss huber(prediction, target, delta = 1) = mean(where(abs(prediction - target) <= delta,
  0.5 * square(prediction - target), delta * (abs(prediction - target) - 0.5 * delta)))
extern loss tilted(prediction: float32[...S], target: float32[...S], share = 0.5) from "./tilted.ts"

network Both with P {
  input x: float32[3]
  dense(16) act as h
  output price: dense(1)
  from h  output low: dense(1)
  from h  output kind: dense(3)
}
policy P { act: relu }
data Houses {
  source: csv("houses.csv")
  fields { x: float32[3] = standardize  price: real  low: real  kind: class(3)  weight: real }
  columns: { x: ["a", "b", "c"]  low: ["price"] }
  validation: 20%  test: 20%
}
train both {
  network: Both  data: Houses  optimizer: adam(rate: 1e-2)  batch: 16  epochs: 6  seed: 3
  loss: { price: huber(delta: 0.5)  low: tilted(share: 0.1)  kind: cross_entropy(weights: [1, 2, 3], sample: weight) }
  metrics: [mean_absolute_error, r2, accuracy, top_k(2), f1(average: per_class), confusion_matrix, calibration_error]
}
`;

/** The pinball loss, whose best prediction is a quantile. */
const tilted = `
import { greater, maximum, mean, mul, scalar, sub, type Tensor, where } from '@tensorflow/tfjs-core';
interface Args { readonly share: number }
export function forward(prediction: Tensor, target: Tensor, { share }: Args): Tensor {
  const short = sub(target, prediction);
  return mean(maximum(mul(short, share), mul(short, share - 1)));
}
export function backward(prediction: Tensor, target: Tensor, { share }: Args): Tensor {
  return mul(where(greater(target, prediction), scalar(-share), scalar(1 - share)), 1 / prediction.size);
}
`;

let shown = '';
beforeAll(() => {
  let state = 7;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const rows = Array.from({ length: 400 }, () => {
    const [a, b, c, noise] = [next(), next(), next(), next()];
    const price = 2 * a - b + 0.5 * c + 0.3 * noise;
    return [a, b, c, price, a > 0.3 ? 0 : b > 0 ? 1 : 2, Math.abs(c)].join(',');
  });
  writeFileSync(at('houses.csv'), ['a,b,c,price,kind,weight', ...rows, ''].join('\n'));
  writeFileSync(at('tilted.ts'), tilted);
  writeFileSync(at('package.json'), '{ "type": "module" }');
  writeFileSync(at('both.nrm'), spec);
  const args = ['train', 'both.nrm', '--run', 'run', '--data', '.', '--allow-extern', '--backend', 'cpu'];
  const { code, out, err } = nrmc(folder, ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  shown = out;
});

test('both are learned, and all that was asked for is told', () => {
  const { testMetrics, testTables, testLosses, testLoss } = json('run/summary.json');
  expect(Object.keys(testMetrics)).toEqual([
    'price_mean_absolute_error',
    'price_r2',
    'low_mean_absolute_error',
    'low_r2',
    'kind_accuracy',
    'kind_top_2_accuracy',
    'kind_calibration_error',
  ]);
  expect(testMetrics.price_r2).toBeGreaterThan(0.9);
  expect(testMetrics.kind_accuracy).toBeGreaterThan(0.7);
  expect(testTables.kind_f1_per_class).toHaveLength(3);
  expect(testTables.kind_confusion_matrix.flat().reduce((a: number, b: number) => a + b)).toBe(80);
  expect(testLosses.price + testLosses.low + testLosses.kind).toBeCloseTo(testLoss, 12);
  expect(shown.replace(/\d+\.\d+/g, '#')).toMatch(
    /price mean absolute error # {2}price r2 # .*kind accuracy #% {2}kind top-2 accuracy #%/,
  );
  expect(shown).toMatch(/^price loss {10}0\.\d+ of 80 samples$/m);
  expect(shown).toMatch(/^kind confusion matrix rows are classes, columns guesses\n {8} *0 +1 +2$/m);
});

test('evaluated again to the same figures', () => {
  const { code, out } = nrmc(folder, 'evaluate', 'run', '--allow-extern', '--backend', 'cpu');
  expect(code).toBe(0);
  const figures = (text: string): readonly string[] => text.match(/^(price|low|kind|test) .*$/gm) ?? [];
  expect(figures(out)).toEqual(figures(shown));
});

describe('a loss of a module', () => {
  test('runs only when it may', () => {
    const { code, err } = nrmc(folder, 'train', 'both.nrm', '--run', 'other', '--data', '.');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM2512]: training `both` would run code of its own: tilted.ts');
  });

  test('its gradient is compared with its value', () => {
    const { code, out } = nrmc(folder, 'check', 'both.nrm', '--gradients', '--allow-extern');
    expect(out).toMatch(/^tilted: backward and forward of tilted\.ts differ by \d\.\de-[3-9] of the gradient$/m);
    expect(code).toBe(0);
    writeFileSync(at('tilted.ts'), tilted.replace('1 - share', '0.5'));
    const wrong = nrmc(folder, 'check', 'both.nrm', '--gradients', '--allow-extern');
    writeFileSync(at('tilted.ts'), tilted);
    expect(wrong.err).toContain('error[NRM5206]');
  });
});

test('what is shown of it', () => {
  expect(nrmc(folder, 'show', 'both.nrm:both').out).toContain(
    'huber(delta: 0.5) of price against price, tilted(share: 0.1) of low against low, cross_entropy(weights: [1, 2, 3], sample: weight) of kind against kind',
  );
});
