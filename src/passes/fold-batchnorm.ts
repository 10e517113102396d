/**
 * fold-batchnorm: absorb an inference-time batchNorm into the conv2d or dense before it.
 *   before   y = gamma · (conv(x, W) + b − mean) / √(variance + epsilon) + beta
 *   after    y = conv(x, W·s) + (b − mean)·s + beta        s = gamma / √(variance + epsilon)
 *
 * Needs       stage infer; kernel, bias, gamma, beta and statistics computed from stored weights only.
 * Guarantees  no batchNorm left over a conv2d or dense that it alone reads and that applies no activation. Idempotent.
 * Preserves   values: |Δ| ≤ 4·ε₃₂·√(kh·kw·C/groups) · max(Σ|x·W·s| + |b·s| + |mean·s| + |beta|). Not bits.
 * Legal       s varies with the output channel only, and conv is linear in W, so s moves inside; with groups the
 *             kernel's last axis is still the output channel. The weights themselves are not touched, so a kernel that
 *             two convs share stays whole.
 * Pays        W·s depends on weights only: computed once by `freeze`, not once per batch.
 * Refuses     a second reader of the conv · the conv as an output · a norm of what arrives (`track: false`, layer, group,
 *             instance, frn, rms) · an op in between that is not the
 *             identity, also an activation that the conv applies itself · weights computed from the input · batchNorm
 *             BEFORE a zero-padded conv (the border is zero after the norm, not before it).
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { withDefaults } from '../ir/op.ts';
import { ops } from '../ir/ops/index.ts';
import {
  Additions,
  bare,
  described,
  renameUses,
  replaceNodes,
  soleReader,
  titleOf,
  type Uses,
  usesOf,
  weightsOnly,
} from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const foldBatchNorm: Pass = {
  name: 'fold-batchnorm',
  doc: 'batch norm becomes part of the weights of the conv or dense before it',
  stages: ['infer'],
  preserves: 'values',
  run,
};

interface Match {
  readonly norm: Node;
  readonly linear: Node;
}

/** Folding one norm can bring the next one beside the conv, so rounds go on until one finds nothing. */
function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const rewrites: Note[] = [];
  let current = graph;
  for (;;) {
    const { matches, refused } = find(current);
    if (matches.length === 0) return { graph: current, rewrites, refused, migrations: [] };
    current = fold(current, matches);
    rewrites.push(
      ...matches.map((m) => ({
        layer: titleOf(m.norm),
        text: `folded into ${titleOf(m.linear)}`,
        into: titleOf(m.linear),
      })),
    );
  }
}

function find(graph: Graph): { readonly matches: readonly Match[]; readonly refused: readonly Note[] } {
  const uses = usesOf(graph);
  const frozen = weightsOnly(graph);
  const matches: Match[] = [];
  const refused: Note[] = [];
  for (const norm of graph.nodes) {
    // Of weights alone, as for standardized kernels, it is computed once anyway.
    if (!ops.batchNorm.is(norm) && (!ops.normalize.is(norm) || norm.results.some((r) => frozen.has(r.ref)))) continue;
    const found = match(norm, uses, frozen);
    if (typeof found === 'string') refused.push({ layer: titleOf(norm), text: found });
    else matches.push(found);
  }
  return { matches, refused };
}

/** Why a norm that measures what arrives cannot be folded. */
const ownStatistics = {
  batch: 'track: false: it normalizes by the statistics of the batch at hand',
  sample: 'it normalizes each sample by its own statistics',
  position: 'it normalizes each position by its own statistics',
} as const;

/** Where the norm goes, or why nowhere. */
function match(norm: Node, uses: Uses, frozen: ReadonlySet<Ref>): Match | string {
  if (ops.normalize.is(norm)) return ownStatistics[norm.attrs.over];
  const { x, ...weights } = ops.batchNorm.operandsOf(norm);
  const linear = uses.producer(x);
  if (linear === undefined || !isLinear(linear)) {
    const before =
      linear === undefined
        ? `nothing stands before it: it reads ${bare(x)}`
        : `it reads ${described(linear)}, not a conv2d or dense`;
    return before + forwardNote(norm, uses);
  }
  if ((linear.attrs.activation ?? 'linear') !== 'linear')
    return `${titleOf(linear)} applies ${String(linear.attrs.activation)} before it`;
  const sole = soleReader(uses, x);
  if ('why' in sole) return sole.why;
  const parts = [...linear.operands.slice(1), ...Object.values(weights)];
  const computed = parts.find((ref) => ref !== null && !frozen.has(ref));
  if (computed != null) return `${bare(computed)} is computed from the input`;
  return { norm, linear };
}

const isLinear = (node: Node): boolean => ops.conv2d.is(node) || ops.dense.is(node);

/** Why it cannot go into the conv after it instead, where that is what a reader would ask. */
function forwardNote(norm: Node, uses: Uses): string {
  const [y] = norm.results;
  const next =
    y === undefined ? undefined : uses.readers(y.ref).find(({ node, operand }) => operand === 0 && isPadded(node));
  if (next === undefined) return '';
  return `; it cannot go into ${titleOf(next.node)} after it either, whose zero border is added after the norm`;
}

const isPadded = (node: Node): boolean => {
  if (!ops.conv2d.is(node)) return false;
  const { padding } = node.attrs;
  return typeof padding === 'string' ? padding === 'same' : padding.flat().some((pixels) => pixels !== 0);
};

function fold<S extends Stage>(graph: Graph<S>, matches: readonly Match[]): Graph<S> {
  const build = new Additions(graph);
  const replacements = new Map<Node, readonly Node[]>();
  const names = new Map<Ref, Ref>();
  for (const { norm, linear } of matches) {
    const [before] = linear.results;
    const [after] = norm.results;
    if (before === undefined || after === undefined) continue;
    const weights = foldedWeights(build, norm, linear);
    const operands = [linear.operands[0] ?? null, weights.kernel, weights.bias];
    // At the norm's place: by then everything it reads has been computed.
    replacements.set(linear, []);
    replacements.set(norm, [...build.take(), { ...linear, operands }]);
    names.set(after.ref, before.ref);
  }
  return renameUses(replaceNodes(graph, replacements), names);
}

/** W·s and (b − mean)·s + beta, s [F] once for each: eliminate-common merges the two. */
function foldedWeights(build: Additions, norm: Node, linear: Node): { readonly kernel: Ref; readonly bias: Ref } {
  const { gamma, beta, mean, variance } = ops.batchNorm.operandsOf(norm);
  const [, kernel, bias] = linear.operands;
  if (kernel == null || mean === null || variance === null)
    throw new Error(`${titleOf(norm)} was matched without its weights`);
  const { epsilon } = withDefaults(ops.batchNorm.attrs, norm.attrs);
  const name = bare(norm.results[0]?.ref ?? '%norm');
  const target = bare(linear.results[0]?.ref ?? '%linear');
  const scale = (): Ref => {
    build.layer = norm.layer;
    const inverse = build.one(
      ops.rsqrt,
      [variance],
      { epsilon: epsilon ?? 0 },
      gamma === null ? `${name}.scale` : `${name}.inverse`,
    );
    return gamma === null ? inverse : build.one(ops.mul, [gamma, inverse], {}, `${name}.scale`);
  };
  const forKernel = scale();
  build.layer = linear.layer;
  const scaled = build.one(ops.mul, [kernel, forKernel], {}, `${target}.kernel`);
  const forBias = scale();
  build.layer = linear.layer;
  return {
    kernel: scaled,
    bias: shifted(build, { bias: bias ?? null, beta, mean, scale: forBias, name: `${target}.bias` }),
  };
}

interface Shift {
  readonly bias: Ref | null;
  readonly beta: Ref | null;
  readonly mean: Ref;
  readonly scale: Ref;
  readonly name: string;
}

/** (b − mean)·s + beta, without the terms that are absent. */
function shifted(build: Additions, { bias, beta, mean, scale, name }: Shift): Ref {
  if (bias === null) {
    const moved = build.one(ops.mul, [mean, scale], {}, `${name}.mean`);
    return beta === null
      ? build.one(ops.scale, [moved], { by: -1 }, name)
      : build.one(ops.sub, [beta, moved], {}, name);
  }
  const centered = build.one(ops.sub, [bias, mean], {}, `${name}.centered`);
  if (beta === null) return build.one(ops.mul, [centered, scale], {}, name);
  return build.one(ops.add, [build.one(ops.mul, [centered, scale], {}, `${name}.scaled`), beta], {}, name);
}
