/**
 * The compiler, in reading order: a checked Model becomes graphs, the graphs go through the pipeline, and what is left is planned into
 * programs. Pure: text in, text out; files are the command line's.
 */
import type { Model, TrainConfig } from './check/model.ts';
import type { CompiledNetwork, CompiledTrain, ProgramNotes } from './codegen/programs.ts';
import type { Graph } from './ir/graph.ts';
import { lowerInfer, lowerModel, lowerTrain, recipeOf } from './lower/index.ts';
import { differentiate } from './passes/differentiate.ts';
import { forInspection } from './passes/inspection.ts';
import { plan, splitFreeze } from './passes/lifetimes.ts';
import { pipeline, type RunOptions, runPasses } from './passes/pipeline.ts';

export interface CompileOptions extends RunOptions {
  /** Sees every graph: after lowering (`pass` is null), and after each pass. */
  readonly dump?: (program: ProgramNotes['program'], pass: string | null, graph: Graph) => void;
}

export function compileNetwork(model: Model, options: CompileOptions = {}): CompiledNetwork {
  return compileInference(model, optimizeModel(model, options), options);
}

export function compileTrain(train: TrainConfig, options: CompileOptions = {}): CompiledTrain {
  const shared = optimizeModel(train.model, options);
  const network = compileInference(train.model, shared, options);
  const forward = lowerTrain(shared.graph, train);
  const step = optimize('step', differentiate(forward, recipeOf(train)), pipeline.step, options);
  return {
    ...network,
    notes: [...network.notes, ...step.notes],
    train,
    step: plan(step.graph),
    inspect: plan(forInspection(forward)),
  };
}

type Optimized<S extends Graph['stage']> = { readonly graph: Graph<S>; readonly notes: readonly ProgramNotes[] };

/** Runs one row of the pipeline over one program. */
function optimize<S extends Graph['stage']>(
  program: ProgramNotes['program'],
  graph: Graph<S>,
  passes: Parameters<typeof runPasses>[1],
  options: CompileOptions,
): Optimized<S> {
  options.dump?.(program, null, graph);
  const result = runPasses(graph, passes, {
    ...options,
    after: (pass, after, outcome) => {
      options.after?.(pass, after, outcome);
      options.dump?.(program, pass.name, after);
    },
  });
  return { graph: result.graph, notes: result.notes.map((n) => ({ ...n, program })) };
}

function optimizeModel(model: Model, options: CompileOptions): Optimized<'model'> {
  if (model.choices.length > 0) throw new Error(`${model.network} leaves a choice between paths open`);
  return optimize('model', lowerModel(model), pipeline.model, options);
}

function compileInference(model: Model, shared: Optimized<'model'>, options: CompileOptions): CompiledNetwork {
  const lowered = lowerInfer(shared.graph);
  const evaluate = optimize('evaluate', lowered, pipeline.evaluate, options);
  const predict = optimize('predict', lowered, pipeline.predict, options);
  return {
    model,
    graphs: { model: shared.graph, evaluate: evaluate.graph, predict: predict.graph },
    evaluate: plan(evaluate.graph),
    frozen: splitFreeze(predict.graph),
    notes: [...shared.notes, ...evaluate.notes, ...predict.notes],
    migrations: shared.notes.flatMap((n) => n.migrations.map((m) => ({ ...m, pass: n.pass.name }))),
  };
}
