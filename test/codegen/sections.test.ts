/** Headings of an emitted step. */
import { expect, test } from 'vitest';
import { checkTrain } from '../../src/check/index.ts';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';

const stepOf = (policy: string, settings = ''): string => {
  const text = `data D { source: csv("d.csv")  test: 20%  fields { x: float32[4]  label: class(2) } }
network Net { input x: float32[4]  dense(3)  norm(batch)  act(relu)  label: dense(2) }
policy P { ${policy} }
train net { network: Net  policy: P  data: D  loss: cross_entropy  optimizer: sgd  batch: 8  epochs: 4 ${settings} }`;
  const { train } = checkTrain(parse(text, 'net.nrm').tree, 'net');
  if (train === null) throw new Error('the spec does not check');
  const [module] = emit(compileTrain(train), { source: 'net.nrm', version: 'test', spec: '' });
  return /export function step[\s\S]*?\n}/.exec(module?.text ?? '')?.[0] ?? '';
};

const headings = (step: string): readonly string[] =>
  [...step.matchAll(/^ {2}\/\/ (.*)$/gm)].map(([, title]) => title ?? '');

test('a step has three parts; one that takes gradients near the weights has four', () => {
  expect(headings(stepOf('dense { decay: 0.1 }'))).toEqual(['forward', 'backward', 'update']);
  expect(headings(stepOf('dense { decay: 0.1 }', 'accumulate: 2'))).toEqual(['forward', 'backward', 'accumulate']);
  const sam = stepOf('gradient { at: sam }');
  expect(headings(sam)).toEqual(['forward', 'backward', 'up the gradient, forward and backward again', 'update']);
  expect(sam.indexOf('ascentScale')).toBeGreaterThan(sam.indexOf('// up the gradient'));
});

test('a report that is too long for a line is opened', () => {
  const rules = ['dense1', 'label', 'label.bias', 'norm.gamma', 'norm.beta'];
  const step = stepOf(rules.map((rule, i) => `${rule} { penalty: l1(0.${i + 1}) }`).join('  '));
  expect(step).toContain('return {\n');
  for (const line of step.split('\n')) expect(line.replace(/ +\/\/.*/, '').length).toBeLessThanOrEqual(120);
});
