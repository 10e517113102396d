import { describe, expect, test } from 'vitest';
import { checkTrain } from '../../src/check/index.ts';
import { compileTrain } from '../../src/compile.ts';
import { type Bindings, evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Graph, Ref } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { parse } from '../../src/parser/index.ts';
import { splitAccumulation } from '../../src/passes/split-accumulation.ts';
import { generator, ofStage } from './harness.ts';

const spec = (settings: string, policy: string): string => `
network Net with P { input x: float32[3]  dense(4) act(tanh)  dense(2) }
policy P { ${policy} }
data D { source: idx("d")  fields { x: float32[3]  label: class(2) } }
train net { network: Net  data: D  loss: cross_entropy  batch: 3  epochs: 1  ${settings} }
`;

function compiled(settings: string, policy: string) {
  const { train, diagnostics } = checkTrain(parse(spec(settings, policy), 'spec.nrm').tree, 'net');
  if (train === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return compileTrain(train, { verify: true });
}

const random = generator(4);
const samples = 7;
const x = Array.from({ length: 3 * samples }, () => 2 * random() - 1);
const label = Array.from({ length: samples }, () => Math.floor(2 * random()));

/** The batch of some samples. */
const batch = (from: number, to: number): Bindings['inputs'] =>
  new Map<Ref, NdArray>([
    ['%x', ndarray([to - from, 3], x.slice(3 * from, 3 * to))],
    ['%label', ndarray([to - from], label.slice(from, to))],
  ]);

const startOf = ({ storage }: Graph): ReadonlyMap<Ref, NdArray> => {
  const values = generator(8);
  return new Map(
    storage.map(({ ref, kind, type }): [Ref, NdArray] => {
      const shape = type.shape.map(Number);
      const size = shape.reduce((a, b) => a * b, 1);
      return [
        ref,
        ndarray(
          shape,
          Array.from({ length: size }, () => (kind === 'param' ? values() - 0.5 : 0)),
        ),
      ];
    }),
  );
};

const host = (share: number): Bindings['host'] =>
  new Map<string, number>([
    ['%update', 1],
    ['%updates', 10],
    ['%perEpoch', 5],
    ['%plateau', 1],
    ['%samples', samples],
    ['%share', share],
  ]);

const policies = {
  'plain weights': '',
  'penalties, clipping, a constraint':
    'dense { penalty: l2(1e-2)  constraint: max_norm(1) }  dense.bias { penalty: l1(1e-3) }  gradient { clip: global_norm(0.1)  of: total }',
  'a clip that remembers': 'gradient { clip: dynamic(alpha: 0.9, beta: 0.01) }',
};
const settings = 'optimizer: adam(rate: 1e-2)  average: ema(decay: 0.9)';

describe.each(Object.entries(policies))('%s', (_, policy) => {
  test('k batches make the update that their samples make as one', () => {
    const whole = compiled(settings, policy);
    const parts = compiled(`${settings}  accumulate: 3`, policy);
    const start = startOf(parts.step.graph);
    const step = evaluateGraph(whole.step.graph, { inputs: batch(0, samples), storage: start, host: host(1) });
    let storage = start;
    for (const [from, to] of [
      [0, 3],
      [3, 6],
      [6, 7],
    ] as const) {
      const share = (to - from) / samples;
      ({ storage } = evaluateGraph(parts.step.graph, { inputs: batch(from, to), storage, host: host(share) }));
    }
    const { update } = parts;
    if (update === null) return expect.fail('there is no update apart');
    const end = evaluateGraph(update.graph, { inputs: new Map(), storage, host: host(1) });
    for (const { ref } of whole.step.graph.storage) {
      const [expected, found] = [step.storage.get(ref)?.data ?? [], end.storage.get(ref)?.data ?? []];
      expect(expected.length, ref).toBeGreaterThan(0);
      for (const [i, value] of expected.entries()) expect(found[i], ref).toBeCloseTo(value, 12);
    }
    for (const { ref } of update.graph.storage)
      if (ref.endsWith('.accumulated'))
        expect([...(end.storage.get(ref)?.data ?? [1])].every((v) => v === 0)).toBe(true);
    for (const name of whole.step.graph.outputs.map((o) => o.name).filter((n) => n.startsWith('penalty')))
      expect(end.outputs.get(name)?.data[0]).toBeCloseTo(step.outputs.get(name)?.data[0] ?? Number.NaN, 12);
  });

  test('weights move in the update only, and the batch reaches them by its gradient only', () => {
    const { step, update } = compiled(`${settings}  accumulate: 2`, policy);
    expect(verifyGraph(step.graph)).toEqual([]);
    expect(update?.graph.inputs.every((i) => i.type.dtype === 'host')).toBe(true);
    const start = startOf(step.graph);
    const after = evaluateGraph(step.graph, { inputs: batch(0, 3), storage: start, host: host(0.5) }).storage;
    for (const { ref } of step.graph.storage)
      if (!ref.endsWith('.accumulated')) expect(after.get(ref), ref).toEqual(start.get(ref));
  });
});

test('gradients taken near the weights are those of each batch', () => {
  const { step, update } = compiled(`${settings}  accumulate: 2`, 'gradient { at: sam(0.05) }');
  expect(verifyGraph(step.graph)).toEqual([]);
  expect(step.graph.nodes.some((n) => n.op === 'ascentScale')).toBe(true);
  expect(update?.graph.nodes.some((n) => n.op === 'ascentScale')).toBe(false);
});

test('a step that does not accumulate is left whole', () => {
  const { step, update } = compiled(settings, '');
  expect(update).toBe(null);
  expect(splitAccumulation(ofStage(step.graph, 'step'))).toBe(null);
});

test('an update that reads the batch by another way is refused', () => {
  const graph = parseGraph(printGraph(compiled(`${settings}  accumulate: 2`, '').step.graph));
  const reading: Graph = {
    ...graph,
    nodes: [
      ...graph.nodes.map((n) =>
        n.op === 'accumulate'
          ? {
              ...n,
              op: 'meanGradient',
              results: [{ ref: '%mean' as const, type: { dtype: 'float32' as const, shape: [] } }],
            }
          : n,
      ),
      { op: 'clearSums', operands: ['@dense1.kernel', '%x'], attrs: {}, results: [], layer: 'dense1' },
    ],
  };
  expect(() => splitAccumulation(ofStage(reading, 'step'))).toThrow('depends on the batch');
});
