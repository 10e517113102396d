/** `gradient { at: sam(0.05) }`: what is accepted, what is in force, and how it is printed again. */
import { expect, test } from 'vitest';
import { resolvedSpec } from '../../src/check/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { codes, diagnose, trainOf } from './support.ts';

const text = (gradient: string, train = ''): string => `
network Net with P { input image: float32[8, 8, 1]  conv(2, kernel: 3)  norm  act  flatten  dense(6)  act  head: dense(4) }
policy P { norm: batch  act: relu  gradient { ${gradient} } }
data D { source: idx("d")  fields { image: float32[8, 8, 1] = minmax  label: class(4) } validation: 10% }
train t { network: Net  data: D  loss: cross_entropy  optimizer: adam(rate: 0.1)  batch: 16  epochs: 2  ${train} }
`;

test.each([
  ['at: sam(0.1)', []],
  ['at: sam', []],
  ['at: sam(rho: 0.1)  clip: global_norm(1)', []],
  ['at: none', []],
  ['at: sam(0)', ['NRM2205']],
  ['at: sam(-1)', ['NRM2205']],
  ['at: sam(r: 1)', ['NRM2202']],
  ['at: asam(0.1)', ['NRM3009']],
  ['at: 0.1', ['NRM3009']],
  ['sam: 0.1', ['NRM3001']],
])('%s', (gradient, expected) => {
  expect(codes(text(gradient))).toEqual(expected);
});

test('as an optimizer, one is told where it is said', () => {
  const [found] = diagnose(text('clip: global_norm(1)').replace('adam(rate: 0.1)', 'sam(rho: 0.05)'));
  expect([found?.code, found?.help]).toEqual([
    'NRM3204',
    '`sam` is for every optimizer, and the policy says it: `gradient { at: sam(0.05) }`',
  ]);
});

test('the resolved spec says it with its distance', () => {
  const train = trainOf(text('at: sam'), 't');
  expect(train.model.sections.gradient.at?.args).toEqual({ rho: 0.05 });
  const resolved = resolvedSpec(train);
  expect(resolved).toContain('at: sam(0.05)');
  expect(resolvedSpec(trainOf(resolved, 't'))).toBe(resolved);
});

test('it goes together with accumulated gradients and averages', () => {
  const { step, update } = compileTrain(trainOf(text('at: sam', 'accumulate: 3  average: ema(decay: 0.9)'), 't'), {
    verify: true,
  });
  expect(step.graph.nodes.filter((n) => n.op === 'ascentScale')).toHaveLength(1);
  expect(update?.graph.nodes.filter((n) => n.op === 'ascentScale')).toEqual([]);
});
