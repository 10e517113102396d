import { expect, test } from 'vitest';
import { elideDropout } from '../../src/passes/elide-dropout.ts';
import { apply, evaluate, expectSame, goldens, graphOf, valuesFor } from './harness.ts';

const fires = {
  inverted: ['drop1: elided'],
  standard: ['drop1: scales by 0.7, the share that training keeps'],
  'rate-zero': ['drop1: elided'],
  chain: ['drop1: elided', 'drop2: scales by 0.7, the share that training keeps', 'drop3: elided'],
  'drop-path': ['drop1: elided', 'drop2: scales by 0.8, the share that training keeps'],
  'both-paths': ['drop1: elided', 'drop2: elided'],
  noise: ['x.noise: elided', 'conv1: elided', 'conv1: elided', 'drop1: elided'],
  'noise-alone': ['x.noise: a copy of the input, as the output'],
  'nothing-else': ['drop1: elided', 'drop2: a copy of the input, as the output'],
};

goldens(elideDropout, { fires, refuses: {} });

test.each(Object.keys(fires))('%s: the same bits', (name) => {
  const before = graphOf('elide-dropout', name);
  const values = valuesFor(before, 1);
  expectSame(evaluate(apply(elideDropout, before).graph, values), evaluate(before, values), 0);
});

test('no dropout and no noise is left', () => {
  for (const name of Object.keys(fires)) {
    const left = apply(elideDropout, graphOf('elide-dropout', name)).graph.nodes.map((n) => n.op);
    expect(left.filter((op) => op === 'dropout' || op === 'noise')).toEqual([]);
  }
});
