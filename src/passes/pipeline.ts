/** The rewrites, in reading order: what runs over which program, and the manager that runs it. */
import type { Graph, Stage } from '../ir/graph.ts';
import { printGraph } from '../ir/text.ts';
import { verifyGraph } from '../ir/verify.ts';
import { averageDropConnect } from './average-dropconnect.ts';
import { elideDropout } from './elide-dropout.ts';
import { eliminateCommon } from './eliminate-common.ts';
import { eliminateDead } from './eliminate-dead.ts';
import { foldBatchNorm } from './fold-batchnorm.ts';
import { fuseActivations } from './fuse-activations.ts';
import { invertDropout } from './invert-dropout.ts';
import { mergeClipping } from './merge-clipping.ts';
import type { Migration, Note, Pass, PassResult } from './pass.ts';
import { removeDeadBias } from './remove-dead-bias.ts';
import { shrinkPenalties } from './shrink-penalties.ts';

export const pipeline = {
  /** The one graph that all programs come from. */
  model: [invertDropout, removeDeadBias],

  /** Forward, backward and update of one batch: after differentiation, which needs activations apart. */
  step: [
    shrinkPenalties, // before mergeClipping: takes away the sum that would stand between
    mergeClipping,
    fuseActivations,
    eliminateCommon,
    eliminateDead, // last: gradient rules emit a gradient for every operand, also for the image
  ],

  /** Inference by the weights as they are. */
  evaluate: [elideDropout, averageDropConnect, fuseActivations, eliminateCommon, eliminateDead],

  /** Inference with dropout kept, by the weights as they are: noise is elided. */
  sample: [elideDropout, fuseActivations, eliminateCommon, eliminateDead],

  /** Inference by folded weights. */
  predict: [
    elideDropout, // before foldBatchNorm: leaves conv → batchNorm adjacent
    averageDropConnect, // behind elideDropout, which may leave an activation beside the layer; before the norm is gone
    foldBatchNorm, // before fuseActivations: leaves the activation to be applied after the folded norm
    fuseActivations,
    eliminateCommon, // after foldBatchNorm: merges the scales that it makes for kernel and bias
    eliminateDead,
  ],
} satisfies Record<string, readonly Pass[]>;

/** What one pass did to one graph. */
export interface PassNotes {
  readonly pass: Pass;
  readonly rewrites: readonly Note[];
  readonly refused: readonly Note[];
  readonly migrations: readonly Migration[];
  /** How many nodes the graph had. */
  readonly nodes: { readonly before: number; readonly after: number };
}

export interface RunOptions {
  /** Holds each pass to its contract: the verifier runs over its result, and a second run finds nothing to do. */
  readonly verify?: boolean;
  readonly after?: (pass: Pass, graph: Graph, result: PassResult) => void;
}

export function runPasses<S extends Stage>(
  graph: Graph<S>,
  passes: readonly Pass[],
  options: RunOptions = {},
): { readonly graph: Graph<S>; readonly notes: readonly PassNotes[] } {
  const notes: PassNotes[] = [];
  let current = graph;
  for (const pass of passes) {
    if (!pass.stages.includes(current.stage))
      throw new Error(`${pass.name} is not for graphs of stage ${current.stage}`);
    const result = pass.run(current);
    if (options.verify === true) holdToContract(pass, result);
    notes.push({
      pass,
      rewrites: result.rewrites,
      refused: result.refused,
      migrations: result.migrations,
      nodes: { before: current.nodes.length, after: result.graph.nodes.length },
    });
    current = result.graph;
    options.after?.(pass, current, result);
  }
  return { graph: current, notes };
}

function holdToContract(pass: Pass, result: PassResult): void {
  const faults = verifyGraph(result.graph);
  if (faults.length > 0) throw new Error(`${pass.name} left a graph that breaks the law:\n${faults.join('\n')}`);
  const again = pass.run(result.graph);
  const moved = printGraph(again.graph) !== printGraph(result.graph);
  if (moved || again.rewrites.length > 0)
    throw new Error(`${pass.name} is not idempotent: ${again.rewrites.map((n) => n.text).join('; ')}`);
  if (pass.preserves !== 'model' && result.migrations.length > 0)
    throw new Error(`${pass.name} moves weights and says it does not`);
}
