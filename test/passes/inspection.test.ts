import { expect, test } from 'vitest';
import { verifyGraph } from '../../src/ir/verify.ts';
import { forInspection } from '../../src/passes/inspection.ts';
import { evaluate, graphOf, ofStage, valuesFor } from './harness.ts';
import { trainingOf } from './models.ts';

const train = trainingOf(ofStage(graphOf('differentiate', 'conv-norm-pool-dropout'), 'model'), [
  { kind: 'l2', of: '@conv1.kernel', lambda: 0.1 },
]);
const inspection = forInspection(train);

test('only the loss is left: no penalties, nothing written', () => {
  expect(inspection.outputs).toEqual([{ name: 'loss', ref: '%loss' }]);
  expect(inspection.nodes.map((n) => n.op)).toEqual([
    'conv2d',
    'normalizeTrain',
    'activation',
    'maxPool',
    'reshape',
    'dropoutTrain',
    'dense',
    'softmaxCrossEntropy',
  ]);
  expect(verifyGraph(inspection)).toEqual([]);
});

test('the same loss', () => {
  const values = valuesFor(train, 1);
  const [whole, part] = [evaluate(train, values), evaluate(inspection, values)];
  expect(part.outputs.get('loss')).toEqual(whole.outputs.get('loss'));
  expect(part.storage).toEqual(values.storage);
});
