/** Reading a spec and finding in it what the command line names: `FILE`, `FILE:NAME`, `--policy NAME`. */
import { check, checkNetwork, checkTrain, loadProgram, type Program, type TrainOverrides } from '../check/index.ts';
import type { Config } from '../config/config.ts';
import { withLevels } from '../config/levels.ts';
import { files } from '../diagnostics/catalog/files.ts';
import { studies } from '../diagnostics/catalog/studies.ts';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { withoutConsequences } from '../parser/consequences.ts';
import { parse } from '../parser/index.ts';
import type { NetworkDeclaration, SourceFile, TrainDeclaration } from '../parser/tree.ts';
import { configFor } from './config.ts';
import { importHost } from './imports.ts';
import { Refused } from './terminal.ts';
import { readBytes, textOf } from './text.ts';

export interface Spec {
  readonly path: string;
  readonly text: string;
  readonly tree: SourceFile;
  /** The spec and what it imports. */
  readonly program: Program;
  /** Of the project's settings, and of the parser. */
  readonly diagnostics: readonly Diagnostic[];
  /** The settings of the project it stands in. */
  readonly config: Config;
  /** Texts by path, those of imported files among them. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Reads and parses, imports included; a file that cannot be read ends the command. `allowed`: folders that imports may reach. */
export const readSpec = (path: string, allowed: readonly string[] = []): Spec => specOf(path, readText(path), allowed);

/** A spec of that text, with the settings and the imports of the folder that it stands in. */
export function specOf(path: string, text: string, allowed: readonly string[] = []): Spec {
  const project = configFor(path);
  const { tree, diagnostics } = parse(text, path);
  const program = loadProgram(tree, text, importHost(path, [...project.imports, ...allowed]));
  const sources = new Map(program.texts);
  if (project.source !== null) sources.set(project.source.path, project.source.text);
  return {
    path,
    text,
    tree,
    program,
    diagnostics: [...project.diagnostics, ...diagnostics],
    config: project.config,
    sources,
  };
}

function readText(path: string): string {
  const read = readBytes(path);
  if ('why' in read) throw new Refused([files.unreadable.at(null, { path, why: read.why })]);
  const text = textOf(read.bytes);
  if ('why' in text) throw new Refused([files.notText.at(null, { path, what: text.why })]);
  return text.text;
}

/** `a/b.nrm:LeNet` → file and name. A drive letter's or a path's own colon is not a separator. */
export function splitTarget(argument: string): { readonly path: string; readonly name: string | null } {
  const match = /^(.+):([A-Za-z_][A-Za-z0-9_]*)$/.exec(argument);
  return match?.[1] !== undefined && match[2] !== undefined && match[1].length > 1
    ? { path: match[1], name: match[2] }
    : { path: argument, name: null };
}

export type Target = NetworkDeclaration | TrainDeclaration;

const targetsOf = (tree: SourceFile): readonly Target[] =>
  tree.declarations.filter((d) => d.kind === 'network' || d.kind === 'train');

/** The declaration a command is about: the named one; without a name the only train, else the only network. */
export function findTarget(spec: Spec, name: string | null, kind: 'any' | 'train' = 'any'): Target {
  const all = targetsOf(spec.tree).filter((d) => kind === 'any' || d.kind === kind);
  const names = all.map((d) => d.name.text);
  if (name !== null) {
    const found = all.find((d) => d.name.text === name);
    if (found !== undefined) return found;
    const study = spec.tree.declarations.find(
      (d) => (d.kind === 'sweep' || d.kind === 'search') && d.name.text === name,
    );
    if (study?.kind === 'sweep' || study?.kind === 'search') {
      const value = study.settings.find((setting) => setting.key.text === 'train')?.value;
      const train = value?.kind === 'name' ? value.name : null;
      throw refuse(spec, [
        study.kind === 'sweep'
          ? studies.isSweep.at(study.name.span, { name, file: spec.path, train })
          : studies.notRun.at(study.name.span, { name, train }),
      ]);
    }
    if (kind === 'train' && targetsOf(spec.tree).some((d) => d.name.text === name)) {
      throw refuse(spec, [files.notATrain.at(null, { name, file: spec.path, trains: names })]);
    }
    throw refuse(spec, [
      files.unknownTarget.at(null, { name, file: spec.path, found: names, nearest: nearest(name, names) }),
    ]);
  }
  const trains = all.filter((d) => d.kind === 'train');
  const [only, ...more] = trains.length > 0 ? trains : all;
  if (only !== undefined && more.length === 0) return only;
  const found = (trains.length > 0 ? trains : all).map((d) => d.name.text);
  throw refuse(spec, [
    files.whichTarget.at(null, {
      file: spec.path,
      found,
      what: kind === 'train' || trains.length > 0 ? 'train' : 'network',
    }),
  ]);
}

/** Refuses a policy that the file does not have. */
export function policyNamed(spec: Spec, name: string): void {
  const found = spec.tree.declarations.flatMap((d) =>
    d.kind === 'policy' ? [d.name.text] : d.kind === 'import' ? d.names.map((n) => n.text) : [],
  );
  if (found.includes(name)) return;
  throw refuse(spec, [files.unknownPolicy.at(null, { name, file: spec.path, found, nearest: nearest(name, found) })]);
}

/** Syntax errors and what else is known, as the end of the command: an error of the file's comes before one about its names. */
const refuse = (spec: Spec, diagnostics: readonly Diagnostic[]): Refused =>
  new Refused(hasErrors(spec.diagnostics) ? [...spec.diagnostics, ...diagnostics] : diagnostics, spec.sources);

/** Ends the command when there are errors; warnings are returned, for the caller to show. */
export function accept(spec: Spec, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const all = [...spec.diagnostics, ...withLevels(diagnostics, spec.config)];
  if (hasErrors(all)) throw new Refused(all, spec.sources);
  return all;
}

/** Everything in a file, or what one network or train of it needs. */
export function checkSpec(
  spec: Spec,
  name: string | null,
  overrides: Pick<TrainOverrides, 'policy' | 'set'>,
): readonly Diagnostic[] {
  // Of what follows from a syntax error nothing is said.
  const told = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
    withLevels(withoutConsequences(spec.tree, spec.text, spec.diagnostics, found), spec.config);
  if (name === null) return told(check(spec.program, overrides).diagnostics);
  const target = findTarget(spec, name);
  const of = target.kind === 'train' ? checkTrain : checkNetwork;
  return told(of(spec.program, name, overrides).diagnostics);
}
