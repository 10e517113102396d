/**
 * Emitted steps and predictions of graphs with branches and with sizes that have names, against the float64 evaluation: the same
 * code runs on images of several sizes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { importNetwork, withEmitted } from '../../src/cli/emitted.ts';
import { forwardBody, freezeBody, frozenScope, stepBody } from '../../src/codegen/tfjs/functions.ts';
import { Imports } from '../../src/codegen/tfjs/imports.ts';
import { nestedType, tensorType, variables } from '../../src/codegen/tfjs/types.ts';
import { evaluateGraph } from '../../src/ir/evaluate.ts';
import type { Dim, Graph, Ref, Storage } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import type { HostValue } from '../../src/ir/op.ts';
import { specialize } from '../../src/ir/specialize.ts';
import { parseGraph, printGraph } from '../../src/ir/text.ts';
import { verifyGraph } from '../../src/ir/verify.ts';
import { differentiate } from '../../src/passes/differentiate.ts';
import { plan, splitFreeze } from '../../src/passes/lifetimes.ts';
import { pipeline, runPasses } from '../../src/passes/pipeline.ts';
import { randomKey, uniforms } from '../../src/runtime/index.ts';
import { chooseBackend } from '../../src/runtime/node/backend.ts';
import { ofStage, valuesFor } from '../passes/harness.ts';
import { recipe, trainingOf } from '../passes/models.ts';

/** A residual block with a shared conv and norm, stochastic depth, squeeze and excite, an inception-like concat. */
const network = (h: Dim, w: Dim, halved: readonly [Dim, Dim], less: readonly [Dim, Dim]): string => {
  const [full, half, small] = [[h, w], halved, less].map((size) => size.join(','));
  return `graph Net model (%image: f32[N,${full},2]) {
  param @stem.kernel : f32[3,3,2,4] = glorot_uniform {fanIn=18 fanOut=36}
  param @conv1.kernel : f32[3,3,4,4] = glorot_uniform {fanIn=36 fanOut=36}
  param @norm1.gamma : f32[4] = ones
  param @norm1.beta : f32[4] = zeros
  state @norm1.mean : f32[4] = zeros
  state @norm1.variance : f32[4] = ones
  param @scale1.gamma : f32[4] = constant {value=0.1}
  param @gate1.kernel : f32[4,4] = glorot_uniform {fanIn=4 fanOut=4}
  param @valid1.kernel : f32[3,3,4,2] = glorot_uniform {fanIn=36 fanOut=18}
  param @dense1.kernel : f32[6,3] = glorot_uniform {fanIn=6 fanOut=3}
  param @dense1.bias : f32[3] = zeros
  %stem = conv2d %image @stem.kernel _ {stride=[2,2]} : f32[N,${half},4]  !stem
  %conv1 = conv2d %stem @conv1.kernel _ : f32[N,${half},4]  !conv1
  %norm1 = batchNorm %conv1 @norm1.gamma @norm1.beta @norm1.mean @norm1.variance {epsilon=0.001 momentum=0.9} : f32[N,${half},4]  !norm1
  %relu1 = activation %norm1 {fn="relu"} : f32[N,${half},4]  !relu1
  %again = conv2d %relu1 @conv1.kernel _ : f32[N,${half},4]  !again
  %norm2 = batchNorm %again @norm1.gamma @norm1.beta @norm1.mean @norm1.variance {epsilon=0.001 momentum=0.9} : f32[N,${half},4]  !norm2
  %scale1 = mul %norm2 @scale1.gamma : f32[N,${half},4]  !scale1
  %drop1 = dropout %scale1 {rate=0.5 per="sample" stream="drop1"} : f32[N,${half},4]  !drop1
  %sum1 = add %drop1 %stem : f32[N,${half},4]  !sum1
  %mean1 = globalAvgPool %sum1 : f32[N,4]  !mean1
  %gate1 = dense %mean1 @gate1.kernel _ : f32[N,4]  !gate1
  %gates = activation %gate1 {fn="sigmoid"} : f32[N,4]  !gates
  %gates.wide = reshape %gates {shape=[1,1,4]} : f32[N,1,1,4]  !mul1
  %mul1 = mul %sum1 %gates.wide : f32[N,${half},4]  !mul1
  %valid1 = conv2d %mul1 @valid1.kernel _ {padding="valid"} : f32[N,${small},2]  !valid1
  %pool1 = maxPool %mul1 {size=[3,3] stride=[1,1] padding="valid"} : f32[N,${small},4]  !pool1
  %concat1 = concat %valid1 %pool1 : f32[N,${small},6]  !concat1
  %pool2 = avgPool %concat1 {size=[2,2] stride=[1,1]} : f32[N,${small},6]  !pool2
  %mean2 = globalAvgPool %pool2 : f32[N,6]  !mean2
  %dense1 = dense %mean2 @dense1.kernel @dense1.bias : f32[N,3]  !dense1
  return logits=%dense1
}`;
};

const graphs = {
  'known sizes': network(9, 8, [5, 4], [3, 2]),
  'named sizes': network('H', 'W', ['⌈H/2⌉', '⌈W/2⌉'], ['⌈H/2⌉−2', '⌈W/2⌉−2']),
};
const sizes = {
  'known sizes': [[9, 8]],
  'named sizes': [
    [9, 8],
    [6, 11],
    [5, 5],
  ],
} as const;

/** One module with `step`, `freeze` and `predict`, as emitted modules have them. */
function moduleOf(text: string) {
  const graph = parseGraph(text);
  expect(verifyGraph(graph)).toEqual([]);
  expect(printGraph(graph)).toBe(`${text}\n`);
  const model = runPasses(ofStage(graph, 'model'), pipeline.model, { verify: true }).graph;
  const options = { optimizer: ['sgd', { rate: 0.05, momentum: 0.9 }] as const, clip: 1 };
  const penalties = [{ kind: 'l2' as const, of: '@conv1.kernel' as const, lambda: 0.01 }];
  const step = runPasses(differentiate(trainingOf(model, penalties), recipe(options)), pipeline.step, {
    verify: true,
  }).graph;
  const infer = specialize(model, 'infer');
  const predict = runPasses(infer, pipeline.predict, { verify: true }).graph;
  const imports = new Imports();
  const split = splitFreeze(predict);
  const types = (kind: Storage['kind']): string =>
    nestedType(
      variables(
        step.storage.filter((s) => s.kind === kind),
        imports,
      ),
    );
  const frozen = nestedType(
    split.entries.map((e) => ({ name: e.name, type: tensorType(e.type, imports), remark: '' })),
  );
  const unused = (body: string): string => (body.includes('state.') ? 'state' : '_state');
  const [stepText, freezeText] = [stepBody(plan(step), imports), freezeBody(split, imports)];
  const predictText = forwardBody(split.predict, frozenScope(split, imports), new Map());
  const tensor4d = imports.tfjs('Tensor4D');
  const body = `
interface Params {\n${types('param')}\n}
interface State {\n${types('state')}\n}
interface OptimizerState {\n${types('slot')}\n}
interface Frozen {\n${frozen}\n}
export function step(
  training: ${imports.type('nrmc/runtime', 'Training')}<Params, State, OptimizerState>,
  batch: { image: ${tensor4d}; label: ${imports.tfjs('Tensor1D')} },
): ${imports.type('nrmc/runtime', 'Report')} {\n${stepText}\n}
export function freeze(params: Params, ${unused(freezeText)}: State): Frozen {\n${freezeText}\n}
export function predict(w: Frozen, image: ${tensor4d}): ${imports.tfjs('Tensor2D')} {\n${predictText}\n}
`;
  const lines = imports
    .list()
    .map((i) => `import ${i.typeOnly ? 'type ' : ''}{ ${i.names.join(', ')} } from '${i.from}';`);
  return { step, infer, text: `${lines.join('\n')}\n${body}` };
}

type Nested = { [key: string]: Nested | tf.Tensor };

/** `{ conv1: { kernel: … } }` of the storage of one kind. */
function nested(storage: readonly Storage[], kind: Storage['kind'], values: ReadonlyMap<Ref, NdArray>): Nested {
  const root: Nested = {};
  for (const { ref, kind: own } of storage) {
    const value = values.get(ref);
    if (own !== kind || value === undefined) continue;
    const keys = ref.slice(1).split('.');
    let at = root;
    for (const key of keys.slice(0, -1)) {
      at[key] ??= {};
      const next = at[key];
      if (next instanceof tf.Tensor) break;
      at = next;
    }
    const variable = tf.variable(tf.tensor(Float32Array.from(value.data), [...value.shape]));
    // A parameter and the optimizer's memory of it are nested apart.
    at[keys.at(-1) ?? ''] = variable;
  }
  return root;
}

const tensorAt = (root: Nested, ref: Ref): tf.Tensor => {
  const found = ref
    .slice(1)
    .split('.')
    .reduce<Nested | tf.Tensor | undefined>((at, key) => (at instanceof tf.Tensor ? undefined : at?.[key]), root);
  if (!(found instanceof tf.Tensor)) throw new Error(`no ${ref}`);
  return found;
};

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  const size = Math.max(1, ...Array.from(b, Math.abs));
  return Math.max(0, ...Array.from(a, (v, i) => Math.abs(v - (b[i] ?? Number.NaN)))) / size;
};

interface Emitted {
  readonly step: (training: object, batch: object) => { readonly loss: tf.Scalar; readonly penalty: tf.Scalar | null };
  readonly freeze: (params: Nested, state: Nested) => object;
  readonly predict: (w: object, image: tf.Tensor) => tf.Tensor;
}

/** A float64 array as float32 holds it. */
const rounded = ({ shape, data }: NdArray): NdArray => ndarray(shape, Float32Array.from(data));

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  test.each(['known sizes', 'named sizes'] as const)('%s', async (name) => {
    const { step, infer, text } = moduleOf(graphs[name]);
    await withEmitted([{ path: 'net.ts', text }], async (folder) => {
      // The module was written above, with these functions.
      const net = (await importNetwork(path.join(folder, 'net.ts'))) as unknown as Emitted;
      for (const [seed, [height, width]] of sizes[name].entries()) await check(net, seed + 1, height, width);
    });

    async function check(net: Emitted, seed: number, height: number, width: number): Promise<void> {
      const values = valuesFor({ ...step, inputs: sized(step, height, width) }, seed);
      const storage = new Map([...values.storage].map(([ref, value]) => [ref, rounded(value)]));
      const inputs = new Map([...values.inputs].map(([ref, value]) => [ref, rounded(value)]));
      const [params, state, optimizer] = (['param', 'state', 'slot'] as const).map((kind) =>
        nested(step.storage, kind, storage),
      );
      const tensorOf = (ref: Ref, dtype: 'float32' | 'int32'): tf.Tensor => {
        const value = inputs.get(ref);
        return tf.tensor(Float32Array.from(value?.data ?? []), [...(value?.shape ?? [])], dtype);
      };
      const batch = { image: tensorOf('%image', 'float32'), label: tensorOf('%label', 'int32') };
      const key = { seed: 5, update: 3 };
      const uniform = (stream: string, count: number): Float64Array =>
        Float64Array.from(uniforms(randomKey(key.seed, stream, 'mask', key.update), count));
      const host = new Map<string, HostValue>([
        ['%update', key.update],
        ['%updates', 10],
        ['%random', { uniform }],
      ]);
      const expected = evaluateGraph(step, { inputs, storage, host });
      const frozen = net.freeze(params ?? {}, state ?? {});
      const y = net.predict(frozen, batch.image);
      const meaning = evaluateGraph(infer, { inputs, storage, host: new Map() });
      expect(y.shape).toEqual([4, 3]);
      expect(difference(y.dataSync(), meaning.outputs.get('logits')?.data ?? [])).toBeLessThan(1e-4);
      y.dispose();
      const before = tf.memory().numTensors;
      const report = net.step({ params, state, optimizer, random: key, update: key.update, updates: 10 }, batch);
      expect(difference(report.loss.dataSync(), expected.outputs.get('loss')?.data ?? [])).toBeLessThan(1e-4);
      tf.dispose([report.loss, ...(report.penalty === null ? [] : [report.penalty])]);
      expect(tf.memory().numTensors).toBe(before);
      for (const { ref, kind } of step.storage) {
        const root = { param: params, state, slot: optimizer }[kind] ?? {};
        expect(difference(tensorAt(root, ref).dataSync(), expected.storage.get(ref)?.data ?? []), ref).toBeLessThan(
          1e-4,
        );
      }
      tf.disposeVariables();
      tf.dispose([batch.image, batch.label]);
    }
  });
});

/** The inputs of a graph with numbers for H and W. */
const sized = (graph: Graph, height: number, width: number): Graph['inputs'] =>
  graph.inputs.map((input) => ({
    ...input,
    type: {
      ...input.type,
      shape: input.type.shape.map((dim) => (dim === 'H' ? height : dim === 'W' ? width : dim)),
    },
  }));

test('the emitted code compiles under strict flags', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  mkdirSync(path.join(root, 'node_modules/.cache'), { recursive: true });
  const folder = mkdtempSync(path.join(root, 'node_modules/.cache/branches-'));
  try {
    for (const [i, text] of Object.values(graphs).entries())
      writeFileSync(path.join(folder, `net${i}.ts`), moduleOf(text).text);
    const compilerOptions = {
      target: 'ES2022',
      lib: ['ES2022', 'DOM'],
      module: 'nodenext',
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      paths: { 'nrmc/runtime': [path.join(root, 'src/runtime/index.ts')] },
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }));
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('src/runtime'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
