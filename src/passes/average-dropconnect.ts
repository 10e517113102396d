/**
 * average-dropconnect: predictions drop no connections; they average over what training drops.
 *   before   W' = dropConnect(W) {rate}             z = conv(x, W', b)   y = f(z)
 *   mean     W' = (1 − rate)·W                      z = conv(x, W', b)   y = f(z)
 *   samples  m = conv(x, (1 − rate)·W, b)   v = conv(x², rate·(1 − rate)·W²)   y = sampledActivation(m, v) {f, samples}
 *
 * Needs       stage infer.
 * Guarantees  no dropConnect left. Idempotent.
 * Preserves   values. By itself dropConnect evaluates to its mean; with samples it is here that its meaning is decided.
 * Legal       E[M ⊙ W] = (1 − rate)·W and every output is linear in W, so the mean of z is exact. Each z is a sum of independent
 *             terms with the variance v, taken as normal. A batchNorm between z and f is affine in prediction: the mean passes it, the
 *             variance is multiplied by the square of its scale.
 * Pays        (1 − rate)·W and rate·(1 − rate)·W² depend on weights only: `freeze` computes them once.
 * Refuses     samples where no activation follows z directly, or behind a batchNorm: then y is the mean, which is exact.
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { withDefaults } from '../ir/op.ts';
import { ops } from '../ir/ops/index.ts';
import { Additions, bare, described, numeral, replaceNodes, soleReader, titleOf, type Uses, usesOf } from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const averageDropConnect: Pass = {
  name: 'average-dropconnect',
  doc: 'predictions drop no connections and average over them instead',
  stages: ['infer'],
  preserves: 'values',
  run,
};

const random: Ref = '%random';

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const uses = usesOf(graph);
  const build = new Additions(graph);
  const replacements = new Map<Node, readonly Node[]>();
  const rewrites: Note[] = [];
  const refused: Note[] = [];
  for (const node of graph.nodes) {
    if (!ops.dropConnect.is(node)) continue;
    const [result] = node.results;
    if (result === undefined) continue;
    const { kernel } = ops.dropConnect.operandsOf(node);
    const { rate, samples } = node.attrs;
    const reader = soleReader(uses, result.ref);
    const linear = 'why' in reader ? null : asLinear(reader.node);
    const kept = 1 - rate;
    replacements.set(node, [
      {
        ...node,
        op: ops.scale.kind,
        operands: [kernel],
        attrs: { by: Number(kept.toPrecision(12)) },
        results: [{ ref: result.ref, type: build.typeOf(kernel) }],
      },
    ]);
    const mean = `the kernel times ${numeral(kept)}, the share that training keeps`;
    if (linear === null) {
      rewrites.push({ layer: titleOf(node), text: mean });
      continue;
    }
    replacements.set(linear.before, [linear.after]);
    const found = samples === 0 ? null : followed(linear.after, uses);
    if (found === null || 'why' in found) {
      rewrites.push({ layer: titleOf(node), text: mean });
      if (found !== null) refused.push({ layer: titleOf(node), text: `no samples: ${found.why}` });
      continue;
    }
    replacements.set(found.activation, sampled(build, node, linear.after, found));
    rewrites.push({
      layer: titleOf(node),
      text: `${described(found.activation)} of ${samples} normal samples, averaged`,
    });
  }
  const after = replaceNodes(graph, replacements);
  const draws = after.nodes.some((n) => n.operands.includes(random)) && !after.inputs.some((i) => i.ref === random);
  const inputs = draws ? [...after.inputs, { ref: random, type: { dtype: 'host' as const, shape: [] } }] : after.inputs;
  return { graph: { ...after, inputs }, rewrites, refused, migrations: [] };
}

/** What reads the kernel, and the same with one kernel for all samples. */
function asLinear(node: Node): { readonly before: Node; readonly after: Node } | null {
  if (ops.conv2d.is(node) || ops.dense.is(node)) return { before: node, after: node };
  if (!ops.denseEach.is(node)) return null;
  return { before: node, after: { ...node, op: ops.dense.kind, attrs: withDefaults(ops.dense.attrs, {}) } };
}

interface Followed {
  readonly activation: Node;
  readonly norm: Node | null;
}

/** The activation behind a linear node, and the norm between. */
function followed(linear: Node, uses: Uses): Followed | { readonly why: string } {
  const next = (node: Node): Node | { readonly why: string } => {
    const [result] = node.results;
    const reader = result === undefined ? { why: 'nothing reads it' } : soleReader(uses, result.ref);
    return 'why' in reader
      ? reader
      : reader.operand === 0
        ? reader.node
        : { why: `it reaches ${described(reader.node)}` };
  };
  const first = next(linear);
  if ('why' in first) return first;
  const norm = ops.batchNorm.is(first) && ops.batchNorm.operandsOf(first).variance !== null ? first : null;
  const activation = norm === null ? first : next(norm);
  if ('why' in activation) return activation;
  return ops.activation.is(activation) && activation.attrs.fn !== 'linear'
    ? { activation, norm }
    : { why: `${described(activation)} follows, no activation; the mean is exact` };
}

/** The activation as the mean over samples: what it reads is the mean already. */
function sampled(build: Additions, drop: Node, linear: Node, { activation, norm }: Followed): readonly Node[] {
  if (!ops.dropConnect.is(drop) || !ops.activation.is(activation)) return [activation];
  const { kernel } = ops.dropConnect.operandsOf(drop);
  const { rate, samples, stream } = drop.attrs;
  const [x] = linear.operands;
  const [z] = linear.results;
  if (x == null || z === undefined) return [activation];
  const name = bare(z.ref);
  build.layer = linear.layer;
  const squares = build.one(ops.mul, [x, x], {}, `${name}.squares`);
  const weights = build.one(
    ops.scale,
    [build.one(ops.mul, [kernel, kernel], {}, `${name}.kernel.squares`)],
    { by: Number((rate * (1 - rate)).toPrecision(12)) },
    `${name}.kernel.variance`,
  );
  const op = ops.conv2d.is(linear) ? ops.conv2d : ops.dense;
  const spread = build.one(op, [squares, weights, null], linear.attrs, `${name}.variance`);
  const variance = norm === null ? spread : throughNorm(build, norm, spread);
  const { fn, slope } = activation.attrs;
  const mean = ops.activation.operandsOf(activation).x;
  return [
    ...build.take(),
    {
      ...activation,
      op: ops.sampledActivation.kind,
      operands: [mean, variance, random],
      attrs: { fn, slope, samples, stream },
    },
  ];
}

/** variance·s², s = gamma/√(the norm's variance + epsilon). */
function throughNorm(build: Additions, norm: Node, variance: Ref): Ref {
  const { gamma, variance: population } = ops.batchNorm.operandsOf(norm);
  const { epsilon } = withDefaults(ops.batchNorm.attrs, norm.attrs);
  const name = bare(norm.results[0]?.ref ?? '%norm');
  build.layer = norm.layer;
  const inverse = build.one(ops.rsqrt, [population], { epsilon: epsilon ?? 0 }, `${name}.inverse`);
  const scale = gamma === null ? inverse : build.one(ops.mul, [gamma, inverse], {}, `${name}.scale`);
  return build.one(
    ops.mul,
    [variance, build.one(ops.mul, [scale, scale], {}, `${name}.scale.squares`)],
    {},
    `${name}.variance`,
  );
}
