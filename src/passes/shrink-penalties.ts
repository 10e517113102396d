/**
 * shrink-penalties: under plain SGD an L2 penalty is a decay of the weights.
 *   before   g = add(d, l2Grad(w) {lambda})   w ← w − rate·g                     [sgdUpdate]
 *   after    w ← w − rate·2λ·w − rate·d                                          [sgdUpdate {decay += 2λ}]
 *
 * Needs       stage step.
 * Guarantees  no l2Grad of a parameter left in the sum that its plain sgdUpdate alone reads. Idempotent.
 * Preserves   values: |Δw| ≤ 4·ε₃₂·(|w| + rate·|d| + rate·2λ·|w|) per update.
 * Legal       w − rate·(d + 2λw) = w − rate·2λ·w − rate·d. Clipping is over d alone, before the penalty is added.
 * Pays        a tensor of the parameter's size and an addition per penalized parameter.
 * Refuses     a clip of the total (it bounds the penalty too) · a prior (its λ is known when the data are) · momentum and nesterov (the velocity would carry the penalty on) · adam and the like (they divide by their own measure of
 *             the gradient) · an update that scales its gradient · a decay per step (it acts after the update) · a sum
 *             that something else reads too · a parameter that nothing but its penalty moves.
 */
import type { Graph, Node, Ref, Stage } from '../ir/graph.ts';
import { opOf, ops } from '../ir/ops/index.ts';
import { bare, numeral, renameUses, replaceNodes, soleReader, titleOf, type Uses, usesOf } from './match.ts';
import type { Note, Pass, PassResult } from './pass.ts';

export const shrinkPenalties: Pass = {
  name: 'shrink-penalties',
  doc: 'under plain SGD an L2 penalty becomes a decay of the update',
  stages: ['step'],
  preserves: 'values',
  run,
};

function run<S extends Stage>(graph: Graph<S>): PassResult<S> {
  const uses = usesOf(graph);
  const replacements = new Map<Node, readonly Node[]>();
  const names = new Map<Ref, Ref>();
  const rewrites: Note[] = [];
  const refused: Note[] = [];
  for (const update of graph.nodes) {
    if (!isUpdate(update)) continue;
    const [parameter, gradient] = update.operands;
    if (parameter == null || gradient == null) continue;
    const clipped = clippedPenalty(gradient, parameter, uses);
    if (clipped !== null) {
      refused.push({ layer: titleOf(update), text: `${bare(parameter)}: ${clipped}` });
      continue;
    }
    const found = withoutPenalty(gradient, parameter, uses);
    if (found.lambda === 0) continue;
    const why = refusal(update) ?? found.why ?? (found.rest === null ? 'nothing but its penalty moves it' : null);
    if (why !== null) {
      refused.push({ layer: titleOf(update), text: `${bare(parameter)}: ${why}` });
      continue;
    }
    for (const { sum, total, rest } of found.sums) {
      replacements.set(sum, []);
      names.set(total, rest);
    }
    const shrinkage = 2 * found.lambda;
    const decay = Number(update.attrs.decay ?? 0) + shrinkage;
    replacements.set(update, [{ ...update, attrs: { ...update.attrs, decay, decayPer: 'rate' } }]);
    rewrites.push({
      layer: titleOf(update),
      text: `${bare(parameter)}: the L2 penalty became a decay of ${numeral(shrinkage)} per rate`,
    });
  }
  return { graph: renameUses(replaceNodes(graph, replacements), names), rewrites, refused, migrations: [] };
}

/** A gradient without the L2 gradients of its parameter among its terms. */
interface Stripped {
  /** What is left of it; null when it was nothing else. */
  readonly rest: Ref | null;
  /** Sum of the penalties' weights; 0 when there are none. */
  readonly lambda: number;
  /** Additions of which one operand is left. */
  readonly sums: readonly { readonly sum: Node; readonly total: Ref; readonly rest: Ref }[];
  /** Why the penalties cannot be taken out; null when they can. */
  readonly why: string | null;
}

function withoutPenalty(gradient: Ref, parameter: Ref, uses: Uses): Stripped {
  const whole: Stripped = { rest: gradient, lambda: 0, sums: [], why: null };
  const node = uses.producer(gradient);
  if (node === undefined) return whole;
  if (isPenalty(node, parameter)) {
    const prior = ops.l2Grad.operandsOf(node).samples !== null;
    const why = prior ? 'its prior has a weight that depends on the number of samples' : null;
    return { rest: null, lambda: Number(node.attrs.lambda), sums: [], why };
  }
  const [a, b] = node.operands;
  if (!ops.add.is(node) || a == null || b == null) return whole;
  const [left, right] = [withoutPenalty(a, parameter, uses), withoutPenalty(b, parameter, uses)];
  if (left.lambda === 0 && right.lambda === 0) return whole;
  const sole = soleReader(uses, gradient);
  const why = ('why' in sole ? sole.why : null) ?? left.why ?? right.why;
  const inner = { lambda: left.lambda + right.lambda, sums: [...left.sums, ...right.sums], why };
  if (left.rest !== null && right.rest !== null) return { ...inner, rest: gradient };
  const rest = left.rest ?? right.rest;
  return { ...inner, rest, sums: rest === null ? inner.sums : [...inner.sums, { sum: node, total: gradient, rest }] };
}

const isPenalty = (node: Node, parameter: Ref): boolean => {
  if (!ops.l2Grad.is(node)) return false;
  const { w, dy } = ops.l2Grad.operandsOf(node);
  return w === parameter && dy === null;
};

/** Why a penalty that is clipped together with the gradient of the loss stays as it is; null when there is none. */
function clippedPenalty(gradient: Ref, parameter: Ref, uses: Uses): string | null {
  const node = uses.producer(gradient);
  if (node === undefined) return null;
  const [a, b] = node.operands;
  const factor = b == null ? undefined : uses.producer(b);
  const isScaled =
    ops.mul.is(node) && factor !== undefined && [ops.clipScale, ops.dynamicClipScale].some((op) => op.is(factor));
  const whole = isScaled || ops.clipValue.is(node) ? a : ops.adaptiveClip.is(node) ? b : null;
  if (whole == null || withoutPenalty(whole, parameter, uses).lambda === 0) return null;
  return 'its penalty is clipped together with the gradient of the loss';
}

/** An op that takes a gradient and, last, what to scale it by. */
function isUpdate(node: Node): boolean {
  const { operands } = opOf(node);
  return operands[1] === 'gradient' && operands.at(-1) === 'scale?';
}

function refusal(update: Node): string | null {
  if (!ops.sgdUpdate.is(update)) {
    const name = update.op === 'amsgradUpdate' ? 'adam' : update.op.replace(/Update$/, '');
    return ops.lionUpdate.is(update)
      ? 'lion takes the sign of its gradient, penalty included; a decay would keep its size'
      : `${name} divides its gradient, penalty included, by a measure of its size; a decay would not be divided`;
  }
  const { momentum, nesterov, decay, decayPer } = update.attrs;
  const { velocity, scale } = ops.sgdUpdate.operandsOf(update);
  if (nesterov) return 'nesterov looks ahead along the penalty too';
  if (momentum !== 0 || velocity !== null) return 'momentum carries the penalty on into later updates';
  if (scale !== null) return 'the update scales its gradient, penalty included';
  if (decay !== 0 && decayPer === 'step') return 'its decay per step acts after the update, the penalty within it';
  return null;
}
