/** Lints: when they speak, and when they do not. */
import { describe, expect, test } from 'vitest';
import { codes, spec } from './support.ts';

const trained = (policy: string, optimizer: string, batch: number): readonly string[] =>
  codes(
    `
network Net with P { input image: float32[8, 8, 1]  conv(4, kernel: 3)  norm  act  flatten  dense(3) }
policy P { norm?: none  act: relu  ${policy} }
policy Normed { norm: batch  act: relu }
data D { source: idx("d")  fields { image: float32[8, 8, 1]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: ${optimizer}  batch: ${batch}  epochs: 1 ${policy === 'normed' ? 'policy: Normed' : ''} }
`.replace('normed }', '}'),
  );

describe('dropout and batch norm', () => {
  const policy = 'norm: batch  act: relu  drop: dropout(drop: 0.3)';
  test.each([
    ['conv(4, kernel: 3)  drop  norm  act', ['NRM6001']],
    ['conv(4, kernel: 3)  drop  act  norm', ['NRM6001']],
    ['conv(4, kernel: 3)  norm  act  drop', []],
    ['conv(4, kernel: 3)  norm  act  drop  conv(4, kernel: 3)  norm', []],
  ])('%s', (body, expected) => {
    expect(codes(spec(body, policy))).toEqual(expected);
  });

  test('not when one of them is empty', () => {
    expect(codes(spec('conv(4, kernel: 3)  drop  norm  act', 'act: relu  drop: dropout(drop: 0.3)'))).toEqual([]);
  });
});

test('an L2 penalty with adam; L1 is no weight decay to begin with', () => {
  expect(trained('conv { penalty: l2(0.1) }', 'adam', 64)).toEqual(['NRM6002']);
  expect(trained('conv { penalty: l1(0.1) }', 'adam', 64)).toEqual([]);
  expect(trained('conv { penalty: l2(0.1) }', 'sgd', 64)).toEqual([]);
});

test('a penalty and a decay on one weight, once for a pair of rules', () => {
  expect(trained('conv, dense { penalty: l2(0.1)  decay: 0.1 }', 'sgd', 64)).toEqual(['NRM6003']);
  expect(trained('conv { penalty: l2(0.1) }  dense { decay: 0.1 }', 'sgd', 64)).toEqual([]);
});

test('batch norm at a small batch', () => {
  expect(trained('normed', 'sgd', 7)).toEqual(['NRM6004']);
  expect(trained('normed', 'sgd', 8)).toEqual([]);
  expect(trained('', 'sgd', 2)).toEqual([]);
});

describe('a setting that loses everywhere', () => {
  test('to its own policy, or to pins', () => {
    expect(codes(spec('conv(4, kernel: 3)', 'conv { decay: 0.1 }  conv.kernel { decay: 0.2 }'))).toEqual(['NRM6005']);
    expect(codes(spec('conv(4, kernel: 3)  act(gelu)', 'act: relu'))).toEqual(['NRM6005']);
  });

  test('not where it wins somewhere, and not against `extends`', () => {
    expect(
      codes(spec('conv(4, kernel: 3)  conv(4, kernel: 3)', 'conv { decay: 0.1 }  conv[first] { decay: 0.2 }')),
    ).toEqual([]);
    expect(
      codes(
        `network N with Q { input x: float32[4, 4, 1]  conv(4, kernel: 3)  act } policy P { act: relu } policy Q extends P { act: gelu }`,
      ),
    ).toEqual([]);
  });
});
