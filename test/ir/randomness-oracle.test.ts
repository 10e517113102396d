/** Twenty updates with every random method against PyTorch, with the same masks and the same noise; see scripts/oracle/randomness.py. */
import { expect, test } from 'vitest';
import { checkTrain } from '../../src/check/index.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import type { HostValue } from '../../src/ir/op.ts';
import { lowerModel, lowerTrain, recipeOf } from '../../src/lower/index.ts';
import { parse } from '../../src/parser/index.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { fnv1a } from '../../src/runtime/random.ts';
import { generator } from '../passes/harness.ts';
import { distance } from './graphs.ts';
import recorded from './oracle/randomness.json' with { type: 'json' };

const text = `
network Net with P {
  input image: float32[5, 4, 2]
  conv(3, kernel: 3)  act  drop  flatten
  hidden: dense(4)  act(tanh)  drop(dropout(drop: 0.25, form: standard))
  classifier: dense(3)
}
policy P {
  act: relu   drop: dropout(keep: 0.5, shape: channel)
  conv { noise: gaussian(0.1) }
  conv.kernel { drop: dropconnect(drop: 0.3)  noise: gaussian(0.05) }
  hidden.kernel { drop: dropconnect(keep: 0.6, mask: sample) }
  input { noise: gaussian(0.2) }
}
data D { source: idx("d")  fields { image: float32[5, 4, 2]   label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 4  epochs: 1 }
`;

const array = ({ shape, data }: { readonly shape: readonly number[]; readonly data: readonly number[] }): NdArray =>
  ndarray(shape, data);

/** Uniform numbers of a stream and an update, as the script draws them. */
const randomOf = (update: number): HostValue => ({
  uniform: (stream, count) => Float64Array.from({ length: count }, generator((fnv1a(stream) + update) >>> 0)),
});

test(`the trajectory of ${recorded.source}`, () => {
  const { tree } = parse(text, 'oracle.nrm');
  const { train, diagnostics } = checkTrain(tree, 't');
  if (train === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  // Without passes: standard dropout stays what the script computes.
  const graph = differentiate(lowerTrain(lowerModel(train.model), train), recipeOf(train));
  const stored = (values: typeof recorded.start): ReadonlyMap<Ref, NdArray> =>
    new Map(Object.entries(values).map(([name, value]): [Ref, NdArray] => [`@${name}`, array(value)]));
  let storage = stored(recorded.start);
  for (const [i, loss] of recorded.losses.entries()) {
    const after = evaluateGraph(graph, {
      inputs: new Map<Ref, NdArray>([
        ['%image', array(recorded.image)],
        ['%label', ndarray([4], recorded.label)],
      ]),
      storage,
      host: new Map<string, HostValue>([
        ['%update', i + 1],
        ['%updates', 20],
        ['%random', randomOf(i + 1)],
      ]),
    });
    expect(Math.abs((after.outputs.get('loss')?.data[0] ?? Number.NaN) - loss)).toBeLessThan(1e-12);
    storage = after.storage;
  }
  for (const [ref, value] of stored(recorded.end)) {
    const found = storage.get(ref);
    expect(found && distance(found, value), ref).toBeLessThan(1e-12);
  }
});
