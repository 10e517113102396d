/** Target tfjs: a module for each train, or for a network without one, and an entry for each train. */
import { type CompiledNetwork, type CompiledTrain, isTrain } from '../programs.ts';
import { emitEntry } from './entry.ts';
import { type EmitOptions, emitModule } from './module.ts';

export interface EmittedFile {
  /** `lenet.ts`, relative to the output folder. */
  readonly path: string;
  readonly text: string;
}

/** `spec`: the resolved spec of the train; a network without one needs none. */
export function emit(
  compiled: CompiledNetwork | CompiledTrain,
  options: EmitOptions & { readonly spec: string },
): readonly EmittedFile[] {
  if (!isTrain(compiled)) return [{ path: `${compiled.model.network}.ts`, text: emitModule(compiled, options) }];
  const { name } = compiled.train;
  return [
    { path: `${name}.ts`, text: emitModule(compiled, options) },
    { path: `${name}.train.ts`, text: emitEntry(compiled, options) },
  ];
}
