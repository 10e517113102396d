/** Where paths meet: what joins lower to, what they refuse, and what they compute. */
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Dtype, Graph, Ref, Shape } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { isFault } from '../../src/ir/op.ts';
import { joins } from '../../src/ir/ops/index.ts';
import { parseGraph, printGraph, printNode } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';

function lowered(name: string, shapes: readonly Shape[], dtypes: readonly Dtype[] = []): Graph<'model'> | string {
  const def = joins[name];
  if (def === undefined) throw new Error(`no join ${name}`);
  const inputs = shapes.map((shape, i) => ({ dtype: dtypes[i] ?? 'float32', shape }));
  const [first] = inputs;
  if (first === undefined) throw new Error('nothing to join');
  const weights = def.weights(first, {}, inputs);
  if (isFault(weights)) return weights.fault(null, null).message;
  expect(weights).toEqual([]);
  const build = new GraphBuilder();
  const xs = inputs.map((type, i) => build.input(`%x${i + 1}`, type));
  build.layer = 'it';
  const weight = (): Ref => {
    throw new Error('joins have no weights');
  };
  const y = def.lower({ build, x: xs[0] ?? '%x1', xs, args: {}, weight, name: 'it', layer: 'it' });
  return build.finish('Net', 'model', [{ name: 'y', ref: y }]);
}

const graphOf = (name: string, shapes: readonly Shape[]): Graph<'model'> => {
  const graph = lowered(name, shapes);
  if (typeof graph === 'string') throw new Error(graph);
  return graph;
};

const image: Shape = ['N', 8, 8, 4];

describe('what they lower to', () => {
  test.each<[string, readonly Shape[], readonly string[]]>([
    ['sum', [image, image], ['%it = add %x1 %x2 : f32[N,8,8,4]  !it']],
    [
      'sum',
      [image, image, image, image],
      [
        '%it.partial = add %x1 %x2 : f32[N,8,8,4]  !it',
        '%it.partial_2 = add %it.partial %x3 : f32[N,8,8,4]  !it',
        '%it = add %it.partial_2 %x4 : f32[N,8,8,4]  !it',
      ],
    ],
    ['sum', [image], []],
    ['mul', [image, image], ['%it = mul %x1 %x2 : f32[N,8,8,4]  !it']],
    [
      'mul',
      [image, ['N', 4]],
      ['%x2.wide = reshape %x2 {shape=[1,1,4]} : f32[N,1,1,4]  !it', '%it = mul %x1 %x2.wide : f32[N,8,8,4]  !it'],
    ],
    [
      'mul',
      [
        ['N', 4],
        ['N', 'H', 'W', 4],
      ],
      ['%x1.wide = reshape %x1 {shape=[1,1,4]} : f32[N,1,1,4]  !it', '%it = mul %x1.wide %x2 : f32[N,H,W,4]  !it'],
    ],
    [
      'mul',
      [['N', 8, 1, 1], ['N', 1, 8, 1], image],
      ['%it.partial = mul %x1 %x2 : f32[N,8,8,1]  !it', '%it = mul %it.partial %x3 : f32[N,8,8,4]  !it'],
    ],
    ['concat', [image, ['N', 8, 8, 1], image], ['%it = concat %x1 %x2 %x3 : f32[N,8,8,9]  !it']],
    [
      'concat',
      [
        ['N', '⌈H/2⌉', 4],
        ['N', '⌈H/2⌉', 2],
      ],
      ['%it = concat %x1 %x2 : f32[N,⌈H/2⌉,6]  !it'],
    ],
    ['concat', [image], []],
  ])('%s of %j', (name, shapes, lines) => {
    const graph = graphOf(name, shapes);
    expect(graph.nodes.map(printNode)).toEqual(lines);
    expect(verifyGraph(graph)).toEqual([]);
    expect(printGraph(parseGraph(printGraph(graph)))).toBe(printGraph(graph));
  });
});

describe('what they refuse', () => {
  test.each<[string, readonly Shape[], readonly Dtype[], string]>([
    ['sum', [image, ['N', 4, 4, 4]], [], '`sum` expects values of one shape, found [N, 8, 8, 4] and [N, 4, 4, 4]'],
    ['sum', [image, ['N', 8, 8, 1]], [], '`sum` expects values of one shape, found [N, 8, 8, 4] and [N, 8, 8, 1]'],
    ['sum', [image, ['N', 4]], [], '`sum` expects values of one shape, found [N, 8, 8, 4] and [N, 4]'],
    [
      'sum',
      [
        ['N', 'H', 4],
        ['N', 'H−2', 4],
      ],
      [],
      '`sum` expects values of one shape, found [N, H, 4] and [N, H−2, 4]',
    ],
    ['sum', [image, image], ['float32', 'int32'], '`sum` needs float32, found int32'],
    [
      'mul',
      [['N', 8, 8, 1], image, ['N', 8, 8, 3]],
      [],
      '`mul` expects values of one shape, or with sizes of 1, found [N, 8, 8, 4] and [N, 8, 8, 3]',
    ],
    [
      'mul',
      [
        ['N', 'H', 'W'],
        ['N', 'H', 'W', 4],
      ],
      [],
      '`mul` expects values of one shape, or with sizes of 1, found [N, H, W] and [N, H, W, 4]',
    ],
    [
      'mul',
      [['N', 3], image],
      [],
      '`mul` expects values of one shape, or with sizes of 1, found [N, 3] and [N, 8, 8, 4]',
    ],
    [
      'concat',
      [image, ['N', 4, 8, 4]],
      [],
      '`concat` expects values that agree in all but the last size, found [N, 8, 8, 4] and [N, 4, 8, 4]',
    ],
    ['concat', [['N'], ['N']], [], '`concat` expects values that agree in all but the last size, found [N] and [N]'],
    ['concat', [image, image], ['int32', 'float32'], '`concat` needs float32, found int32'],
  ])('%s of %j %j', (name, shapes, dtypes, message) => {
    expect(lowered(name, shapes, dtypes)).toBe(message);
  });

  test('a last size without a number, when it is lowered', () => {
    expect(() =>
      lowered('concat', [
        ['N', 'T'],
        ['N', 3],
      ]),
    ).toThrow('`concat` needs a number of channels, found `T`');
  });
});

describe('what they compute', () => {
  const values = (shape: readonly number[], ...data: readonly number[]): NdArray => ndarray(shape, data);
  const compute = (name: string, ...xs: readonly NdArray[]): NdArray | undefined => {
    const graph = graphOf(
      name,
      xs.map((x) => ['N', ...x.shape.slice(1)]),
    );
    const inputs = new Map(xs.map((x, i): [Ref, NdArray] => [`%x${i + 1}`, x]));
    return evaluateGraph(graph, { inputs, storage: new Map(), host: new Map() }).outputs.get('y');
  };
  test('sums, products and neighbours', () => {
    const [a, b, c] = [values([2, 2], 1, 2, 3, 4), values([2, 2], 10, 20, 30, 40), values([2, 2], 5, 5, 5, 5)];
    expect(compute('sum', a, b, c)).toEqual(values([2, 2], 16, 27, 38, 49));
    expect(compute('mul', a, b, c)).toEqual(values([2, 2], 50, 200, 450, 800));
    expect(compute('concat', a, values([2, 1], 7, 8), b)).toEqual(values([2, 5], 1, 2, 7, 10, 20, 3, 4, 8, 30, 40));
  });
  test('a factor for each channel of each sample', () => {
    const x = values([2, 1, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8);
    expect(compute('mul', x, values([2, 2], 10, 100, 1, 0))).toEqual(
      values([2, 1, 2, 2], 10, 200, 30, 400, 5, 0, 7, 0),
    );
  });
});
