/** Accumulated gradients and averages of weights. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { accumulate, clearSums, updateAverage, variable } from '../../../src/runtime/index.ts';
import { expectClose, map, matrix, onBackends, values } from './harness.ts';

/** What writes in place leaves nothing behind. */
function quietly(write: () => void): void {
  const before = tf.memory().numTensors;
  write();
  expect(tf.memory().numTensors).toBe(before);
}

onBackends(() => {
  describe('gradients', () => {
    test('add up by their shares, and begin anew', () => {
      const [a, b] = [values('a', [3, 4]), values('b', [3, 4])];
      const sum = variable(matrix(map(a, () => 0)));
      quietly(() => {
        for (const [gradient, share] of [
          [a, 0.75],
          [b, 0.25],
        ] as const) {
          const given = matrix(gradient);
          accumulate(sum, given, share);
          given.dispose();
        }
      });
      expectClose(
        sum,
        map(a, (v, i) => 0.75 * v + 0.25 * (b.data[i] ?? 0)),
      );
      quietly(() => clearSums([sum]));
      expectClose(
        sum,
        map(a, () => 0),
      );
      const alone = matrix(b);
      accumulate(sum, alone, undefined);
      expectClose(sum, b);
      tf.dispose([alone, sum]);
    });
  });

  describe('averages', () => {
    test.each([0, 0.1, 0.5, 1])('take in a share of %d', (share) => {
      const [old, now] = [values('old', [5, 2]), values('now', [5, 2])];
      const [average, weight] = [variable(matrix(old)), variable(matrix(now))];
      quietly(() => updateAverage(average, weight, share));
      expectClose(
        average,
        map(old, (v, i) => v + share * ((now.data[i] ?? 0) - v)),
      );
      // What the weight becomes later is nothing to the average.
      tf.tidy(() => weight.assign(tf.zerosLike(weight)));
      expect(average.dataSync().some((v) => v !== 0)).toBe(true);
      tf.dispose([average, weight]);
    });
  });
});
