/** From a target on the command line to compiled programs: check, refuse or go on, compile. */
import { checkNetwork, checkTrain, resolvedSpec, type TrainOverrides, withAllowances } from '../check/index.ts';
import type { Model } from '../check/model.ts';
import type { CompiledNetwork, CompiledTrain } from '../codegen/programs.ts';
import { type CompileOptions, compileNetwork, compileTrain } from '../compile.ts';
import { passes } from '../diagnostics/catalog/passes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { NetworkDeclaration, TrainDeclaration } from '../parser/tree.ts';
import { accept, type Spec, type Target } from './spec.ts';
import { Refused, showDiagnostics } from './terminal.ts';

export interface Result<C> {
  readonly compiled: C;
  /** The resolved spec: what was compiled, every default written out. */
  readonly resolved: string;
  /** Warnings and remarks. */
  readonly diagnostics: readonly Diagnostic[];
}

export function compileTarget(
  spec: Spec,
  target: Target,
  overrides: TrainOverrides,
  options: CompileOptions = {},
): Result<CompiledNetwork | CompiledTrain> {
  return target.kind === 'train'
    ? compileTrainTarget(spec, target, overrides, options)
    : compileNetworkTarget(spec, target, overrides, options);
}

export function compileTrainTarget(
  spec: Spec,
  target: TrainDeclaration,
  overrides: TrainOverrides,
  options: CompileOptions = {},
): Result<CompiledTrain> {
  const { train, diagnostics } = checkTrain(spec.program, target.name.text, overrides);
  const accepted = accept(spec, diagnostics);
  if (train === null) throw new Refused(accepted, spec.sources);
  refuseChoices(train.model, spec, accepted);
  const compiled = compileTrain(train, options);
  return {
    compiled,
    resolved: resolvedSpec(train),
    diagnostics: accept(spec, [...diagnostics, ...remarks(compiled, spec)]),
  };
}

function compileNetworkTarget(
  spec: Spec,
  target: NetworkDeclaration,
  overrides: TrainOverrides,
  options: CompileOptions = {},
): Result<CompiledNetwork> {
  const { model, diagnostics } = checkNetwork(spec.program, target.name.text, overrides);
  const accepted = accept(spec, diagnostics);
  if (model === null) throw new Refused(accepted, spec.sources);
  refuseChoices(model, spec, accepted);
  const compiled = compileNetwork(model, options);
  return { compiled, resolved: '', diagnostics: accept(spec, [...diagnostics, ...remarks(compiled, spec)]) };
}

/** A model with a choice stands for several networks; code is made of one. */
function refuseChoices({ network, choices }: Model, spec: Spec, accepted: readonly Diagnostic[]): void {
  if (choices.length === 0) return;
  throw new Refused([...accepted, ...choices.map((span) => passes.openChoice.at(span, { network }))], spec.sources);
}

/** Passes that change the training trajectory never do so silently, nor do they take settings away without a word. */
function remarks(compiled: CompiledNetwork, { program }: Spec): readonly Diagnostic[] {
  const places = new Map(compiled.model.layers.map((l) => [l.path, l.span]));
  const stored = new Set<string>(compiled.graphs.model.storage.map((s) => s.ref));
  const orphaned = compiled.model.layers.flatMap((layer) =>
    layer.weights.flatMap(({ name, decay, penalties }) => {
      const settings = [...(decay === null ? [] : ['the decay']), ...(penalties.length === 0 ? [] : ['the penalty'])];
      return settings.length === 0 || stored.has(`@${name}`)
        ? []
        : [passes.settingRemoved.at(layer.span, { weight: name, settings, pass: 'remove-dead-bias' })];
    }),
  );
  const changes = compiled.notes.flatMap(({ pass, rewrites }) =>
    pass.preserves === 'model'
      ? rewrites.flatMap((r) =>
          r.exact === true
            ? []
            : [passes.modelRewrite.at(places.get(r.layer) ?? null, { pass: pass.name, layer: r.layer, text: r.text })],
        )
      : [],
  );
  return withAllowances([...changes, ...orphaned], program).diagnostics;
}

/** Shows warnings and remarks of a command that goes on. */
export const showRemarks = (spec: Spec, diagnostics: readonly Diagnostic[]): void =>
  showDiagnostics(diagnostics, spec.sources);
