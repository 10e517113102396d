/** The text form: prints, parses back to an equal graph, and says where it does not parse. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { AttrValue, Dim, Dtype, Graph, Node, Ref, Stage, StorageKind, ValueType } from '../../src/ir/graph.ts';
import { ops } from '../../src/ir/ops/index.ts';
import { parseGraph, printGraph, TextError } from '../../src/ir/text.ts';

const lenet = `graph Tiny infer (%image: f32[N,28,28,1]) {
  param @conv1.kernel : f32[5,5,1,6] = glorot_uniform {fanIn=25 fanOut=150}
  param @norm1.gamma : f32[6] = ones
  state @norm1.mean : f32[6] = zeros
  state @norm1.variance : f32[6] = ones
  %conv1 = conv2d %image @conv1.kernel _ {padding="valid"} : f32[N,24,24,6]  !conv1
  %norm1 = batchNorm %conv1 @norm1.gamma _ @norm1.mean @norm1.variance {epsilon=0.001 momentum=0.9} : f32[N,24,24,6]  !norm1
  %flat = reshape %norm1 {shape=[3456]} : f32[N,3456]
  return features=%flat
}
`;

describe('the text form', () => {
  test('reads and prints alike', () => {
    const graph = parseGraph(lenet);
    expect(printGraph(graph)).toBe(lenet);
    expect(graph.nodes[0]?.attrs).toEqual({
      stride: [1, 1],
      dilation: [1, 1],
      groups: 1,
      padding: 'valid',
      activation: 'linear',
    });
    expect(graph.nodes[0]?.operands).toEqual(['%image', '@conv1.kernel', null]);
  });

  test('is what the builder builds', () => {
    const build = new GraphBuilder();
    const image = build.input('%image', { dtype: 'float32', shape: ['N', 4, 4, 2] });
    const label = build.input('%label', { dtype: 'int32', shape: ['N'] });
    build.input('%random', { dtype: 'host', shape: [] });
    build.layer = 'norm1';
    const [y = image] = build.emit(ops.normalizeTrain, [image, null, null], { epsilon: 0.001 }, 'norm1');
    const flat = build.one(ops.reshape, [y], { shape: [32] }, 'flatten1');
    build.layer = '';
    const loss = build.one(ops.softmaxCrossEntropy, [flat, label], {}, 'loss');
    expect(printGraph(build.finish('Net', 'train', [{ name: 'loss', ref: loss }]))).toBe(
      `graph Net train (%image: f32[N,4,4,2], %label: i32[N], %random: host) {
  %norm1 %norm1.variance %norm1.mean = normalizeTrain %image _ _ {epsilon=0.001} : f32[N,4,4,2] f32[2] f32[2]  !norm1
  %flatten1 = reshape %norm1 {shape=[32]} : f32[N,32]  !norm1
  %loss = softmaxCrossEntropy %flatten1 %label : f32[]
  return loss=%loss
}
`,
    );
  });

  test.each([
    ['', 1, 'expected `graph`'],
    ['net', 1, 'expected `graph`'],
    ['graph A somewhere () {', 1, 'expected a stage'],
    ['graph A infer (%x f32[N]) {', 1, 'expected `:`'],
    ['graph A infer (%x: f64[N]) {', 1, 'expected a type'],
    ['graph A infer (%x: f32[N]) {\n  param kernel : f32[2] = zeros\n}', 2, 'expected %value or @storage'],
    ['graph A infer (%x: f32[N]) {\n  %y = scale %x {by=} : f32[N]\n  return a=%y\n}', 2, 'expected a value'],
    ['graph A infer (%x: f32[N]) {\n  %y = scale %x {by=2}\n  return a=%y\n}', 2, 'expected `:`'],
    ['graph A infer (%x: f32[N]) {\n  %y = scale %x {by=2} : f32[N] more\n}', 2, 'expected the end of the line'],
    ['graph A infer (%x: f32[N]) {\n}', 2, 'expected `return`'],
    ['graph A infer (%x: f32[N]) {\n  return a=%x', 2, 'expected `}` at the end'],
    ['graph A infer (%x: f32[N]) {\n  return a=%x\n  return b=%x\n}', 3, 'expected `}` after `return`'],
    ['graph A infer (%x: f32[N]) {\n  return a=%x\n}\ngraph', 4, 'expected nothing after'],
  ])('says where %j is wrong', (text, line, message) => {
    const parse = (): Graph => parseGraph(text);
    expect(parse).toThrow(TextError);
    expect(parse).toThrow(new RegExp(`^line ${line}: .*${message.replace(/[`}{.]/g, '\\$&')}`));
  });

  test('any graph prints and parses back to an equal one', () => {
    fc.assert(
      fc.property(graphs(), (graph) => {
        const text = printGraph(graph);
        const back = parseGraph(text);
        expect(back).toEqual(graph);
        expect(printGraph(back)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

/** Graphs of any shape and content; most of them keep no law. */
function graphs(): fc.Arbitrary<Graph> {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,5}(\.[a-z]{1,3})?$/);
  const value = name.map((n): Ref => `%${n}`);
  const stored = name.map((n): Ref => `@${n}`);
  const ref = fc.oneof(value, stored);
  const dim: fc.Arbitrary<Dim> = fc.oneof(fc.nat(300), fc.constant('N'), fc.constant('T'));
  const type: fc.Arbitrary<ValueType> = fc
    .tuple(fc.constantFrom<Dtype>('float32', 'int32', 'bool', 'host'), fc.array(dim, { maxLength: 4 }))
    .map(([dtype, shape]) => ({ dtype, shape: dtype === 'host' ? [] : shape }));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const { attr } = fc.letrec<{ attr: AttrValue }>((tie) => ({
    attr: fc.oneof(
      { maxDepth: 2 },
      number,
      fc.boolean(),
      fc.constant(null),
      fc.string(),
      fc.array(tie('attr'), { maxLength: 3 }),
    ),
  }));
  const attrs = fc.dictionary(fc.stringMatching(/^[a-z][A-Za-z]{0,6}$/), attr, { maxKeys: 4, noNullPrototype: true });
  const stage = fc.constantFrom<Stage>('model', 'train', 'step', 'infer');
  // Attributes of a node are complete, as the builder makes them; a known op with given ones replaced, or an op of no table.
  const known = fc
    .constantFrom(...Object.values(ops))
    .chain((op) =>
      fc
        .record(Object.fromEntries(Object.keys(op.attrs).map((key) => [key, attr])))
        .map((given) => ({ op: op.kind as string, attrs: given })),
    );
  const foreign = fc.record({ op: fc.stringMatching(/^x[a-z]{1,6}$/), attrs });
  const node: fc.Arbitrary<Node> = fc
    .record({
      kind: fc.oneof(known, foreign),
      operands: fc.array(fc.option(ref), { maxLength: 4 }),
      results: fc.array(fc.record({ ref: value, type }), { maxLength: 3 }),
      layer: fc.oneof(fc.constant(''), name),
    })
    .map(({ kind, ...rest }) => ({ ...kind, ...rest }));
  return fc.record({
    name,
    stage,
    inputs: fc.array(fc.record({ ref: value, type }), { maxLength: 3 }),
    storage: fc.array(
      fc.record({
        ref: stored,
        kind: fc.constantFrom<StorageKind>('param', 'state', 'slot'),
        type,
        init: fc.record({ kind: name, attrs }),
      }),
      { maxLength: 3 },
    ),
    nodes: fc.array(node, { maxLength: 6 }),
    outputs: fc.array(fc.record({ name, ref }), { maxLength: 3 }),
  });
}
