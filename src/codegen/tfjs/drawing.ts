/** Predictions that draw random numbers: samples of DropConnect, and Monte Carlo prediction. */
import type { Graph, Ref } from '../../ir/graph.ts';
import { type CompiledNetwork, type CompiledTrain, isTrain } from '../programs.ts';
import type { Parameter } from './file.ts';
import type { Imports } from './imports.ts';

const random: Ref = '%random';

export const draws = (graph: Graph): boolean => graph.inputs.some((i) => i.ref === random);

/** Behind the inputs: the key that numbers are drawn by, the same each time unless another one is given. */
export const keyParameter = (graph: Graph, imports: Imports): readonly Parameter[] =>
  draws(graph) ? [['random', imports.type('nrmc/runtime', 'Random'), 'drawn']] : [];

/** Where `evaluate` or `predict` draws: what by. The seed is that of the train. */
export function drawnKey(compiled: CompiledNetwork | CompiledTrain, imports: Imports): readonly string[] {
  if (!draws(compiled.evaluate.graph) && !draws(compiled.frozen.predict.graph)) return [];
  const seed = isTrain(compiled) ? compiled.train.seed : 0;
  return [
    [
      '/** What predictions draw unless they are given another key: the same numbers each time. Training counts updates from 1. */',
      `const drawn: ${imports.type('nrmc/runtime', 'Random')} = { seed: ${seed}, update: 0 };`,
    ].join('\n'),
  ];
}
