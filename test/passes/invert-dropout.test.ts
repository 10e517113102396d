import { expect, test } from 'vitest';
import { specialize } from '../../src/ir/specialize.ts';
import { invertDropout } from '../../src/passes/invert-dropout.ts';
import { apply, evaluate, expectSame, goldens, graphOf, migrate, ofStage, valuesFor } from './harness.ts';

const follows = (kernel: string, factor: string): string =>
  `inverted; ${kernel} of weights trained without this pass is scaled by ${factor}`;

const fires = {
  'through-homogeneous-ops': [`drop1: ${follows('dense1.kernel', '0.7')}`],
  'into-padded-conv': [`drop1: ${follows('conv1.kernel', '0.75')}`],
  'through-gates': [`drop1: ${follows('dense1.kernel', '0.5')}`, `drop2: ${follows('dense1.kernel', '0.8')}`],
  exact: [`drop1: ${follows('dense1.kernel', '0.75')}; its initial value and its training are rescaled too`],
  'two-in-a-row': [`drop1: ${follows('dense1.kernel', '0.7')}`, `drop2: ${follows('dense1.kernel', '0.5')}`],
};

goldens(invertDropout, {
  fires,
  refuses: {
    'already-inverted': [],
    'reaches-output': ['drop1: relu1 is the output relu1'],
    batchnorm: ['drop1: it reaches norm1 (batchNorm), whose moving statistics are those of the scaled values'],
    'not-homogeneous': ['drop1: it reaches relu6 (relu6), which is not positively homogeneous'],
    'two-readers': ['drop1: drop1 is read 2 times: by dense1, dense2'],
    'kernel-read-twice': ['drop1: shared.kernel is read 2 times: by dense1, dense2'],
    'kernel-that-is-made': ['drop1: the kernel of dense1 is made by dropConnect'],
    'noise-on-the-way': ['drop1: it reaches drop1 (noise), which is not positively homogeneous'],
    'kernel-not-trained': ['drop1: the kernel of dense1 is not trained'],
    'kernel-bounded': ['drop1: a constraint bounds the norm of the kernel of dense1'],
    'meets-a-branch': ['drop1: it reaches sum1 (add), where it meets values that are not scaled'],
    'beside-a-branch': ['drop1: it reaches concat1 (concat), where it meets values that are not scaled'],
    'drops-a-bias': ['drop1: it reaches dense1 (dense) as a weight'],
    'nothing-reads-it': ['drop1: nothing reads drop1'],
  },
});

for (const stage of ['train', 'infer'] as const) {
  test.each(Object.keys(fires))(`%s: the same function of migrated weights, ${stage}`, (name) => {
    const before = ofStage(graphOf('invert-dropout', name), 'model');
    const { graph, migrations } = apply(invertDropout, before);
    const values = valuesFor(before, 5);
    const after = evaluate(specialize(ofStage(graph, 'model'), stage), {
      ...values,
      storage: migrate(values.storage, migrations),
    });
    const was = evaluate(specialize(before, stage), values);
    // Storage differs by the migration; what is computed does not.
    expectSame({ ...after, storage: new Map() }, was, 1e-13);
  });
}

test('without the migration another function', () => {
  const before = ofStage(graphOf('invert-dropout', 'into-padded-conv'), 'model');
  const values = valuesFor(before, 5);
  const after = evaluate(specialize(ofStage(apply(invertDropout, before).graph, 'model'), 'infer'), values);
  expect(() => expectSame(after, evaluate(specialize(before, 'infer'), values), 1e-3)).toThrow();
});
