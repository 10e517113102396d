/** The copy of the best weights. Handles only: the values share their memory with the weights until these change. */
import { Variable } from '@tensorflow/tfjs-core';
import { type Held, hold } from '../finite.ts';
import { flattenTensors, snapshot } from '../tensors.ts';
import type { Run } from './progress.ts';

/** The weights and statistics that a run is judged by. */
export interface Evaluated {
  readonly params: object;
  readonly state: object;
}

/** A copy of what was evaluated, to be put in the place of the run's own weights and statistics. */
export function holdEvaluated(run: Pick<Run, 'params' | 'state'>, { params, state }: Evaluated): Held {
  const held = new Map<Variable, ReturnType<typeof snapshot>>();
  for (const [own, given] of [
    [run.params, params],
    [run.state, state],
  ] as const) {
    const values = flattenTensors(given);
    for (const [name, variable] of flattenTensors(own)) {
      const value = values.get(name);
      if (variable instanceof Variable && value !== undefined) held.set(variable, snapshot(value));
    }
  }
  return held;
}

/** A copy of everything, to go on from. */
export const holdEverything = ({ params, state, optimizer }: Run): Held => hold(params, state, optimizer);
