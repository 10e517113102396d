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
import { type Diagnostic, hasErrors, type Report } from '../diagnostics/diagnostic.ts';
import type { NetworkDeclaration, SourceFile, SweepDeclaration } from '../parser/tree.ts';
import { checkAllowances, idleAllowances, withAllowances } from './allow.ts';
import { checkData } from './data/index.ts';
import { callOf } from './entries.ts';
import { expandBlock } from './expand/index.ts';
import { lintFile, lintModel } from './lints/index.ts';
import { blocksIn } from './mentions.ts';
import type { Model } from './model.ts';
import { type BuiltNetwork, buildNetwork, type NetworkUse } from './network.ts';
import { readSets } from './override.ts';
import { alone, flatten } from './policy.ts';
import { asProgram, type Program } from './program.ts';
import { checkDeclarations, find, type Scope, scopeOf } from './scope.ts';
import { hasOpenSizes } from './sizes.ts';
import { checkStudy } from './study/index.ts';
import { planSweep, type SweepPlan } from './study/sweep.ts';
import { type CheckedTrain, checkTrainDeclaration } from './train.ts';
import { checkUnread } from './unread.ts';
import { reportUntaken } from './untaken.ts';
import { networkArguments, type Overrides, policyOf, type TrainOverrides } from './uses.ts';
import { emptyEnvironment, evaluate } from './values.ts';

export { withAllowances } from './allow.ts';
export { setFile, setText } from './override.ts';
export { printValue } from './printing.ts';
export { type Found, type Host, loadProgram, type Program } from './program.ts';
export { resolvedSpec } from './resolve.ts';
export type { SweepAxis, SweepCase, SweepPlan, SweepValue } from './study/sweep.ts';
export type { CheckedTrain } from './train.ts';
export { policyFile, readPolicyNames, type TrainOverrides } from './uses.ts';

/** What a file says; models and trains that have an error are not among them. */
export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  /** Each network under its own policy, by name. */
  readonly networks: ReadonlyMap<string, Model>;
  readonly trains: ReadonlyMap<string, CheckedTrain>;
}

export type NetworkOptions = Omit<TrainOverrides, 'epochs'>;

/** With overrides every network and train is checked under them. */
export function check(
  of: SourceFile | Program,
  { set = [], ...given }: Pick<TrainOverrides, 'policy' | 'set'> = {},
): Checked {
  const program = asProgram(of);
  const { report, diagnostics } = collect();
  const file = program.root;
  const scope = scopeOf(program);
  for (const d of program.diagnostics) report(d);
  checkDeclarations(program, report);
  checkAllowances(program, report);
  const sets = readSets(set, scope.trains, report);
  const overrides: Overrides = sets === null ? given : { ...given, sets };
  const networks = new Map<string, Model>();
  const trains = new Map<string, CheckedTrain>();
  const trained = networksOfTrains(file);
  for (const network of file.declarations) {
    // A name declared twice stands for its first declaration; the second has been reported.
    if (network.kind !== 'network' || scope.networks.get(network.name.text) !== network) continue;
    const name = network.name.text;
    // What is set is about how a network is trained, where it is; its own policy may not have what that is about.
    const said = trained.has(name) ? given : overrides;
    const model = checkOwn(network, trained.has(name), said, program, scope, report);
    if (model !== null) networks.set(name, model);
  }
  for (const train of file.declarations) {
    if (train.kind !== 'train' || scope.trains.get(train.name.text) !== train) continue;
    const name = train.name.text;
    const config = checkTrainDeclaration(train, overrides, scope, report);
    if (config === null) continue;
    lintModel(config.model, program, report);
    trains.set(name, config);
  }
  for (const study of file.declarations)
    if (study.kind === 'sweep' || study.kind === 'search') checkStudy(study, scope, report);
  const subjects = file.declarations.some((d) => d.kind === 'network' || d.kind === 'train');
  if (sets !== null && (!subjects || networks.size + trains.size > 0)) reportUntaken(sets, scope, report);
  checkUnused(file, scope, report);
  checkUnreadIn(program, diagnostics(), report);
  // What a misspelt name leaves unused is one mistake, not two.
  if (file.whole && !hasErrors(diagnostics())) lintFile(program, report);
  const { diagnostics: found, used } = withAllowances(diagnostics(), program);
  // Under another policy, and behind an error, some of what is allowed does not come up.
  if (given.policy !== undefined || set.length > 0 || !file.whole || hasErrors(found))
    return { diagnostics: found, networks, trains };
  const idle = collect();
  idleAllowances(program, used, idle.report);
  return { diagnostics: [...found, ...idle.diagnostics()].toSorted(inOrder), networks, trains };
}

export function checkNetwork(
  of: SourceFile | Program,
  name: string,
  { set = [], ...given }: NetworkOptions = {},
): { readonly model: Model | null; readonly built: BuiltNetwork | null; readonly diagnostics: readonly Diagnostic[] } {
  const { found: built, diagnostics } = checkOne(
    of,
    (scope, report) => {
      const declaration = find('network', scope.networks, name, null, scope, report);
      const sets = readSets(set, scope.trains, report);
      const found = declaration && sets && buildUnder(declaration, { ...given, sets }, scope, report);
      if (found !== null && sets !== null) reportUntaken(sets, scope, report);
      return found;
    },
    (found) => found.model,
  );
  return { model: built?.model ?? null, built, diagnostics };
}

export function checkTrain(
  of: SourceFile | Program,
  name: string,
  { set = [], ...given }: TrainOverrides = {},
): { readonly train: CheckedTrain | null; readonly diagnostics: readonly Diagnostic[] } {
  const { found: train, diagnostics } = checkOne(
    of,
    (scope, report) => {
      const declaration = find('train', scope.trains, name, null, scope, report);
      const sets = readSets(set, scope.trains, report);
      const found = declaration && sets && checkTrainDeclaration(declaration, { ...given, sets }, scope, report);
      if (found !== null && sets !== null) reportUntaken(sets, scope, report);
      return found;
    },
    (found) => found.model,
  );
  return { train, diagnostics };
}

/** A sweep with all of its cases; `refused`: of values that the train does not take, whose cases are without a train. */
export function checkSweep(
  of: SourceFile | Program,
  declaration: SweepDeclaration,
  overrides: TrainOverrides = {},
): {
  readonly plan: SweepPlan | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly refused: readonly Diagnostic[];
} {
  const refused = collect();
  const { found: plan, diagnostics } = checkOne(
    of,
    (scope, report) => planSweep(declaration, overrides, scope, report, refused.report),
    (found) => found.train.model,
  );
  return { plan, diagnostics, refused: refused.diagnostics() };
}

/** One thing of a project: what is wrong with the declarations around it, with itself, and what its model may not mean. */
function checkOne<T>(
  of: SourceFile | Program,
  look: (scope: Scope, report: Report) => T | null,
  modelOf: (found: T) => Model,
): { readonly found: T | null; readonly diagnostics: readonly Diagnostic[] } {
  const program = asProgram(of);
  const { report, diagnostics } = collect();
  const scope = scopeOf(program);
  for (const d of program.diagnostics) report(d);
  checkDeclarations(program, report);
  checkAllowances(program, report);
  const found = look(scope, report);
  if (found !== null) lintModel(modelOf(found), program, report);
  checkUnreadIn(program, diagnostics(), report);
  return { found, diagnostics: withAllowances(diagnostics(), program).diagnostics };
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
    diagnostics: () => [...found.values()].toSorted(inOrder),
  };
}

/** By file, then by place; what has no place comes first. */
function inOrder(a: Diagnostic, b: Diagnostic): number {
  const [x, y] = [a.labels[0]?.span, b.labels[0]?.span];
  if (x === undefined || y === undefined) return (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1);
  return x.file === y.file ? x.start - y.start : x.file < y.file ? -1 : 1;
}

function buildUnder(
  declaration: NetworkDeclaration,
  overrides: Overrides,
  scope: Scope,
  report: Report,
): BuiltNetwork | null {
  const policy = policyOf(declaration, overrides, scope, report);
  if (policy === 'wrong') return null;
  const use: NetworkUse = {
    declaration,
    arguments: networkArguments(declaration, overrides.arguments ?? [], overrides, report),
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
  overrides: Overrides,
  program: Program,
  scope: Scope,
  report: Report,
): Model | null {
  const policy = policyOf(declaration, overrides, scope, report);
  if (trained && declaration.parameters.some((p) => p.default === null)) return null;
  const use: NetworkUse = {
    declaration,
    arguments: networkArguments(declaration, [], overrides, report),
    span: declaration.name.span,
    policy: policy === 'wrong' ? null : policy,
    missing: 'unknown',
  };
  // Sizes with names are what the data of a train say: the network is read as each train reads it.
  if (trained && hasOpenSizes(declaration)) return null;
  const built = buildNetwork(use, scope, report);
  if (built === null || policy === 'wrong') return null;
  lintModel(built.model, program, report);
  return built.model;
}

/** In every file of the project: an imported block is no less somebody's to mend. */
function checkUnreadIn(program: Program, found: readonly Diagnostic[], report: Report): void {
  for (const { tree } of program.files.values()) if (!tree.file.startsWith('nrmc/')) checkUnread(tree, found, report);
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

/** Policies, data and blocks that nobody uses are judged by themselves; what is used has been, and is not reported twice. */
function checkUnused(file: SourceFile, scope: Scope, report: Report): void {
  const opened = blocksIn(
    file.declarations.flatMap((d) => (d.kind === 'network' ? d.body : [])),
    scope,
  );
  for (const d of file.declarations) {
    if (d.kind === 'policy') flatten(alone(d), scope, report, 'unknown');
    if (d.kind === 'data') checkData(d, report);
    if (d.kind === 'block' && !opened.has(d)) expandBlock(d, scope, report);
  }
}
