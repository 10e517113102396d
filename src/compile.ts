/**
 * The compiler, in reading order: a checked Model becomes graphs, the graphs go through the pipeline, and what is left is planned into
 * programs. Pure: text in, text out; files are the command line's.
 */
import type { Model, TrainConfig } from './check/model.ts';
import type { CompiledNetwork, CompiledTrain, ProgramNotes } from './codegen/programs.ts';
import type { Graph, Ref } from './ir/graph.ts';
import { measuresPopulation } from './ir/ops/norm/methods.ts';
import {
  exactScales,
  lowerInfer,
  lowerLossOf,
  lowerModel,
  lowerSample,
  lowerTrain,
  recipeOf,
  rescaled,
} from './lower/index.ts';
import { differentiate } from './passes/differentiate.ts';
import { forInspection, forProbing } from './passes/inspection.ts';
import { plan, splitFreeze } from './passes/lifetimes.ts';
import { forMeasurement } from './passes/measurement.ts';
import { pipeline, type RunOptions, runPasses } from './passes/pipeline.ts';
import { splitAccumulation } from './passes/split-accumulation.ts';

export interface CompileOptions extends RunOptions {
  /** Also a program for Monte Carlo prediction. Default false: most nets never have one. */
  readonly sampling?: boolean;
  /** Also a program that looks into training. Default false. */
  readonly probing?: boolean;
  /** Sees every graph: after lowering (`pass` is null), and after each pass. */
  readonly dump?: (program: ProgramNotes['program'], pass: string | null, graph: Graph) => void;
}

export function compileNetwork(model: Model, options: CompileOptions = {}): CompiledNetwork {
  return compileInference(model, optimizeModel(model, options), options);
}

export function compileTrain(train: TrainConfig, options: CompileOptions = {}): CompiledTrain {
  const shared = optimizeModel(train.model, options);
  const network = compileInference(train.model, shared, options);
  const exact = rescaled(train, exactScales(shared.notes.flatMap((n) => n.migrations)));
  const forward = lowerTrain(shared.graph, exact.train);
  const measured = forMeasurement(forward, measuredOf(train));
  const probing = options.probing === true ? forProbing(forward) : null;
  const step = optimize(
    'step',
    differentiate(forward, { ...recipeOf(exact.train), optimizers: exact.optimizers }),
    pipeline.step,
    options,
  );
  const split = splitAccumulation(step.graph);
  return {
    ...network,
    notes: [...network.notes, ...step.notes],
    train,
    step: plan(split?.batch ?? step.graph),
    update: split && plan(split.update),
    inspect: plan(forInspection(forward)),
    probe: probing && { program: plan(probing.graph), probed: probing.probed },
    measure: measured && plan(measured),
    lossOf: plan(lowerLossOf(train)),
  };
}

/** Which statistics are measured once the weights are trained: behind an average of weights all, else those of norms that say so. */
function measuredOf({ model, average }: TrainConfig): (statistic: Ref) => boolean {
  const norms = model.layers.filter((l) => average?.def.name === 'swa' || measuresPopulation(l.def, l.args));
  const names = new Set<Ref>(norms.flatMap((l) => l.weights.map((w): Ref => `@${w.name}`)));
  return (statistic) => names.has(statistic);
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
  const sample =
    options.sampling === true ? optimize('sample', lowerSample(shared.graph), pipeline.sample, options) : null;
  return {
    model,
    graphs: { model: shared.graph, evaluate: evaluate.graph, predict: predict.graph },
    evaluate: plan(evaluate.graph),
    frozen: splitFreeze(predict.graph),
    sample: sample && plan(sample.graph),
    notes: [...shared.notes, ...evaluate.notes, ...predict.notes, ...(sample?.notes ?? [])],
    migrations: shared.notes.flatMap((n) => n.migrations.map((m) => ({ ...m, pass: n.pass.name }))),
  };
}
