/** Layers of a user's own as the runtime runs them: what is freed, what is checked, and how failures are told. */
import {
  add,
  cast,
  memory,
  mul,
  setBackend,
  sigmoid,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { NrmcError, renderError } from '../../../src/runtime/errors.ts';
import { type ExternLayer, extern, externGrad } from '../../../src/runtime/index.ts';

beforeAll(() => setBackend('cpu'));

const gate: ExternLayer<{ readonly rate: number }> = {
  forward: (x, { rate }) => mul(x, sigmoid(mul(x, rate))),
  backward(dy, x, y, { rate }) {
    const open = sigmoid(mul(x, rate));
    return mul(dy, add(open, mul(mul(y, rate), sub(1, open))));
  },
};

/** What a call of a layer that misbehaves is told, and that nothing of it is left. */
function failure(forward: (x: Tensor) => unknown, shape?: readonly (number | string)[]): string {
  const x = tensor2d([[1, 2, 3]]);
  const before = memory().numTensors;
  // Modules may be JavaScript, whose types nobody checks.
  const module = { forward, backward: forward } as unknown as ExternLayer;
  const options = { layer: 'stem.gate1', args: {} };
  try {
    const y = shape === undefined ? extern(module, x, options) : extern(module, x, { ...options, shape });
    y.dispose();
  } catch (error) {
    if (!(error instanceof NrmcError)) throw error;
    expect(memory().numTensors).toBeLessThanOrEqual(before);
    return renderError(error);
  }
  throw new Error('nothing was refused');
}

describe('a layer', () => {
  test('gives its value and its gradient, and leaves nothing behind', () => {
    const x = tensor2d([[-1, 0, 2]]);
    const dy = tensor2d([[1, 1, 0.5]]);
    const before = memory().numTensors;
    const y: Tensor2D = extern(gate, x, { layer: 'gate1', args: { rate: 2 } });
    const dx: Tensor2D = externGrad(gate, dy, x, y, { layer: 'gate1', args: { rate: 2 } });
    expect(memory().numTensors).toBe(before + 2);
    const s = (v: number): number => 1 / (1 + Math.exp(-v));
    const slope = (v: number): number => s(2 * v) + 2 * v * s(2 * v) * (1 - s(2 * v));
    for (const [i, v] of [-1, 0, 2].entries()) {
      expect(y.dataSync()[i]).toBeCloseTo(v * s(2 * v), 5);
      expect(dx.dataSync()[i]).toBeCloseTo(slope(v) * (dy.dataSync()[i] ?? 0), 5);
    }
  });

  test('may return what it was given: it is a tensor of its own all the same', () => {
    const same: ExternLayer = { forward: (x) => x, backward: (dy) => dy };
    const x = tensor2d([[1, 2]]);
    const y = extern(same, x, { layer: 'same1', args: {} });
    const dx = externGrad(same, y, x, y, { layer: 'same1', args: {} });
    x.dispose();
    expect([...y.dataSync()]).toEqual([1, 2]);
    y.dispose();
    expect([...dx.dataSync()]).toEqual([1, 2]);
  });

  test('may have another shape, of sizes that only the data know', () => {
    const rows: ExternLayer = { forward: (x) => sum(x, -1), backward: (_dy, x) => mul(x, 0) };
    const x = tensor2d([
      [1, 2],
      [3, 4],
    ]);
    expect([...extern(rows, x, { layer: 'rows1', args: {}, shape: [] }).dataSync()]).toEqual([3, 7]);
    expect(extern(gate, x, { layer: 'gate1', args: { rate: 1 }, shape: ['T'] }).shape).toEqual([2, 2]);
  });
});

describe('what a layer must not do is told', () => {
  test.each([
    ['another shape', (x: Tensor) => sum(x, -1), '`forward` returned float32[1]; float32[1, 3] is declared'],
    [
      'another number type',
      (x: Tensor) => cast(x, 'int32'),
      '`forward` returned int32[1, 3]; float32[1, 3] is declared',
    ],
    ['nothing', () => undefined, '`forward` returned nothing'],
    ['a Promise', async (x: Tensor) => x, '`forward` returned a Promise'],
    ['a number', () => 1, '`forward` returned something that is no tensor'],
    ['a tensor that is gone', (x: Tensor) => disposed(mul(x, 2)), '`forward` returned a tensor that is disposed of'],
  ])('%s', (_, forward, says) => {
    const text = failure(forward);
    expect(text).toContain(`error[NRM5203]: \`stem.gate1\`: ${says}`);
    expect(text).toContain('explain: nrmc explain NRM5203');
  });

  test('to dispose of what it was given', () => {
    expect(failure((x) => disposed(x) && tensor1d([1]))).toContain('has disposed of a tensor that it was given');
  });

  test('to give another declared shape', () => {
    expect(failure((x) => softmax(x), [4])).toContain('returned float32[1, 3]; float32[1, 4] is declared');
  });

  test('to throw, with the place', () => {
    const text = failure(() => {
      throw new RangeError('no such thing');
    });
    expect(text).toContain('error[NRM5204]: `stem.gate1`: `forward` has failed: no such thing');
    expect(text).toMatch(/thrown at .*extern\.test\.ts:\d+:\d+/);
  });
});

function disposed(x: Tensor): Tensor {
  x.dispose();
  return x;
}
