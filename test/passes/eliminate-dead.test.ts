import { test } from 'vitest';
import { eliminateDead } from '../../src/passes/eliminate-dead.ts';
import { apply, evaluate, expectSame, goldens, graphOf, valuesFor } from './harness.ts';

const fires = {
  chain: ['dense2: dense removed: nothing reads dense2', 'tanh1: activation removed: nothing reads tanh1'],
  'writers-stay': ['dead: sum removed: nothing reads dead'],
};

goldens(eliminateDead, { fires, refuses: { 'nothing-dead': [] } });

test.each(Object.keys(fires))('%s: the same bits', (name) => {
  const before = graphOf('eliminate-dead', name);
  const values = valuesFor(before, 1);
  expectSame(evaluate(apply(eliminateDead, before).graph, values), evaluate(before, values), 0);
});
