/**
 * Checking: from the syntax tree of a file to Models and TrainConfigs.
 *
 *   check(file)                       everything that can be said of a file
 *   checkNetwork(file, 'LeNet')       one network under its `with` policy, or another
 *   checkTrain(file, 'lenet')         one train
 *   resolvedSpec(train)               what is trained, as a spec of its own
 *
 * Nothing here throws for any tree, also one with holes after syntax errors.
 */
import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import type { ArgumentValue } from '../ir/value.ts';
import type { NetworkDeclaration, PolicyDeclaration, SourceFile } from '../parser/tree.ts';
import { checkData } from './data.ts';
import { callOf } from './entries.ts';
import { lintModel } from './lints.ts';
import type { Model } from './model.ts';
import { type BuiltNetwork, buildNetwork, type NetworkUse } from './network.ts';
import { flatten } from './policy.ts';
import { checkDeclarations, find, type Scope, scopeOf } from './scope.ts';
import { type CheckedTrain, checkTrainDeclaration } from './train.ts';
import { checkUnread } from './unread.ts';
import { overridePolicy, ownPolicy, type TrainOverrides } from './uses.ts';
import { emptyEnvironment, evaluate } from './values.ts';

export { printValue } from './printing.ts';
export { resolvedSpec } from './resolve.ts';
export type { CheckedTrain } from './train.ts';
export type { TrainOverrides } from './uses.ts';

/** What a file says; models and trains that have an error are not among them. */
export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  /** Each network under its own policy, by name. */
  readonly networks: ReadonlyMap<string, Model>;
  readonly trains: ReadonlyMap<string, CheckedTrain>;
}

export interface NetworkOptions {
  /** A policy of the file by name, or one that is not in it; absent: the network's own. */
  readonly policy?: string | PolicyDeclaration;
  readonly arguments?: readonly ArgumentValue[];
}

/** `policy`: every network and train under that policy of the file, instead of its own. */
export function check(file: SourceFile, { policy }: { readonly policy?: string } = {}): Checked {
  const { report, diagnostics } = collect();
  const scope = scopeOf(file);
  checkDeclarations(file, report);
  const networks = new Map<string, Model>();
  const trains = new Map<string, CheckedTrain>();
  const trained = networksOfTrains(file);
  for (const [name, network] of scope.networks) {
    const model = checkOwn(network, trained.has(name), policy, scope, report);
    if (model !== null) networks.set(name, model);
  }
  for (const [name, train] of scope.trains) {
    const config = checkTrainDeclaration(train, policy === undefined ? {} : { policy }, scope, report);
    if (config === null) continue;
    lintModel(config.model, report);
    trains.set(name, config);
  }
  checkUnused(file, scope, report);
  checkUnread(file, diagnostics(), report);
  return { diagnostics: diagnostics(), networks, trains };
}

export function checkNetwork(
  file: SourceFile,
  name: string,
  options: NetworkOptions = {},
): { readonly model: Model | null; readonly diagnostics: readonly Diagnostic[] } {
  const { report, diagnostics } = collect();
  const scope = scopeOf(file);
  checkDeclarations(file, report);
  const declaration = find('network', scope.networks, name, null, scope, report);
  const built = declaration && buildUnder(declaration, options, scope, report);
  if (built != null) lintModel(built.model, report);
  checkUnread(file, diagnostics(), report);
  return { model: built?.model ?? null, diagnostics: diagnostics() };
}

export function checkTrain(
  file: SourceFile,
  name: string,
  overrides: TrainOverrides = {},
): { readonly train: CheckedTrain | null; readonly diagnostics: readonly Diagnostic[] } {
  const { report, diagnostics } = collect();
  const scope = scopeOf(file);
  checkDeclarations(file, report);
  const declaration = find('train', scope.trains, name, null, scope, report);
  const train = declaration && checkTrainDeclaration(declaration, overrides, scope, report);
  if (train !== null) lintModel(train.model, report);
  checkUnread(file, diagnostics(), report);
  return { train, diagnostics: diagnostics() };
}

/** Collects diagnostics; the same thing found on two ways (a network by itself and in a train) is said once. */
function collect(): { readonly report: Report; readonly diagnostics: () => readonly Diagnostic[] } {
  const found = new Map<string, Diagnostic>();
  const place = (d: Diagnostic): string =>
    `${d.code} ${d.message} ${d.labels.map((l) => `${l.span.file}:${l.span.start}-${l.span.end}`).join(' ')}`;
  return {
    report: (d) => {
      const key = place(d);
      if (!found.has(key)) found.set(key, d);
    },
    diagnostics: () =>
      [...found.values()].toSorted((a, b) => (a.labels[0]?.span.start ?? 0) - (b.labels[0]?.span.start ?? 0)),
  };
}

function buildUnder(
  declaration: NetworkDeclaration,
  options: NetworkOptions,
  scope: Scope,
  report: Report,
): BuiltNetwork | null {
  const policy =
    options.policy === undefined
      ? ownPolicy(declaration, scope, report)
      : overridePolicy(options.policy, scope, report);
  if (policy === 'wrong') return null;
  const use: NetworkUse = {
    declaration,
    arguments: options.arguments ?? [],
    span: declaration.name.span,
    policy,
    missing: 'error',
  };
  return buildNetwork(use, scope, report);
}

/** A network by itself. One that is only a template for trains (parameters without defaults) is judged as far as it goes. */
function checkOwn(
  declaration: NetworkDeclaration,
  trained: boolean,
  override: string | undefined,
  scope: Scope,
  report: Report,
): Model | null {
  const policy =
    override === undefined ? ownPolicy(declaration, scope, report) : overridePolicy(override, scope, report);
  if (trained && declaration.parameters.some((p) => p.default === null)) return null;
  const use: NetworkUse = {
    declaration,
    arguments: [],
    span: declaration.name.span,
    policy: policy === 'wrong' ? null : policy,
    missing: 'unknown',
  };
  const built = buildNetwork(use, scope, report);
  if (built === null || policy === 'wrong') return null;
  lintModel(built.model, report);
  return built.model;
}

/** Names of the networks that trains ask for. */
function networksOfTrains(file: SourceFile): ReadonlySet<string> {
  const ignore: Report = () => {};
  const values = file.declarations.flatMap((d) =>
    d.kind === 'train'
      ? d.settings.filter((s) => s.key.text === 'network').map((s) => evaluate(s.value, emptyEnvironment, ignore))
      : [],
  );
  return new Set(values.flatMap((v) => (v === null ? [] : (callOf(v)?.name ?? []))));
}

/** Policies and data that nobody uses are judged by themselves; what is used has been, and is not reported twice. */
function checkUnused(file: SourceFile, scope: Scope, report: Report): void {
  for (const d of file.declarations) {
    if (d.kind === 'policy') flatten({ declaration: d, arguments: [], span: d.name.span }, scope, report, 'unknown');
    if (d.kind === 'data') checkData(d, report);
  }
}
