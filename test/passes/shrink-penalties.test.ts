import { expect, test } from 'vitest';
import { shrinkPenalties } from '../../src/passes/shrink-penalties.ts';
import { apply, evaluate, goldens, graphOf, valuesFor } from './harness.ts';

const fires = {
  'sgd-l2': ['dense1: dense1.kernel: the L2 penalty became a decay of 0.02 per rate'],
  'sgd-l2-and-decay': ['dense1: dense1.kernel: the L2 penalty became a decay of 0.02 per rate'],
  'sgd-l1-and-two-l2': ['dense1: dense1.kernel: the L2 penalty became a decay of 0.024 per rate'],
};

goldens(shrinkPenalties, {
  fires,
  refuses: {
    momentum: ['dense1: dense1.kernel: momentum carries the penalty on into later updates'],
    nesterov: ['dense1: dense1.kernel: nesterov looks ahead along the penalty too'],
    adam: [
      'dense1: dense1.kernel: adam divides its gradient, penalty included, by a measure of its size; a decay would not be divided',
    ],
    rmsprop: [
      'dense1: dense1.kernel: rmsprop divides its gradient, penalty included, by a measure of its size; a decay would not be divided',
    ],
    lion: ['dense1: dense1.kernel: lion takes the sign of its gradient, penalty included; a decay would keep its size'],
    scaled: ['dense1: dense1.kernel: the update scales its gradient, penalty included'],
    'decay-per-step': ['dense1: dense1.kernel: its decay per step acts after the update, the penalty within it'],
    'sum-read-twice': ['dense1: dense1.kernel: total is read 2 times: by norm, dense1'],
    'penalty-alone': ['dense1: dense1.kernel: nothing but its penalty moves it'],
    'other-parameter': [],
    prior: ['dense1: dense1.kernel: its prior has a weight that depends on the number of samples'],
    'clip-of-total-norm': ['dense1: dense1.kernel: its penalty is clipped together with the gradient of the loss'],
    'clip-of-total-value': ['dense1: dense1.kernel: its penalty is clipped together with the gradient of the loss'],
    'clip-of-total-adaptive': ['dense1: dense1.kernel: its penalty is clipped together with the gradient of the loss'],
  },
});

test.each(Object.keys(fires))('%s: the same update within the stated bound', (name) => {
  const before = graphOf('shrink-penalties', name);
  const values = valuesFor(before, 3);
  const updated = (graph: typeof before) =>
    evaluate(graph, values).storage.get('@dense1.kernel')?.data ?? new Float64Array();
  const [was, is] = [updated(before), updated(apply(shrinkPenalties, before).graph)];
  const w = values.storage.get('@dense1.kernel')?.data ?? [];
  const gradient = values.inputs.get('%gradient')?.data ?? [];
  is.forEach((value, i) => {
    const [size, step] = [Math.abs(w[i] ?? 0), Math.abs(gradient[i] ?? 0)];
    const bound = 4 * 2 ** -52 * (size + 0.1 * step + 0.1 * 0.1 * size);
    expect(Math.abs(value - (was[i] ?? Number.NaN))).toBeLessThanOrEqual(bound);
    expect(value).not.toBe(w[i]);
  });
});
