import { expect, test } from 'vitest';
import { mergeClipping } from '../../src/passes/merge-clipping.ts';
import { apply, evaluate, goldens, graphOf, valuesFor } from './harness.ts';

goldens(mergeClipping, {
  fires: {
    sgd: ['dense1: gradient is scaled inside its update'],
    dynamic: ['dense1: gradient is scaled inside its update', 'dense1: other is scaled inside its update'],
  },
  refuses: {
    'penalty-between': ['dense1: gradient: add reads it, not an update'],
    'read-twice': ['dense1: gradient: clipped is read 2 times: by dense1, dense2'],
    'scaled-already': ['dense1: gradient: its update is scaled already'],
    'other-factor': [],
  },
});

test('the same bits', () => {
  const before = graphOf('merge-clipping', 'sgd');
  const values = valuesFor(before, 5);
  const updated = (graph: typeof before) => evaluate(graph, values).storage.get('@dense1.kernel')?.data;
  const was = updated(before);
  expect(updated(apply(mergeClipping, before).graph)).toEqual(was);
  expect(was).not.toEqual(values.storage.get('@dense1.kernel')?.data);
});
