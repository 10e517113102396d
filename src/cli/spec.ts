/** Reading a spec and finding in it what the command line names: `FILE`, `FILE:NAME`, `--policy NAME`. */
import { readFileSync } from 'node:fs';
import { check, checkNetwork, checkTrain } from '../check/index.ts';
import { files } from '../diagnostics/catalog/files.ts';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { parse } from '../parser/index.ts';
import type { NetworkDeclaration, SourceFile, TrainDeclaration } from '../parser/tree.ts';
import { reasonOf } from '../runtime/node/files.ts';
import { Refused } from './terminal.ts';

export interface Spec {
  readonly path: string;
  readonly text: string;
  readonly tree: SourceFile;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

/** Reads and parses; a file that cannot be read ends the command. */
export function readSpec(path: string): Spec {
  const text = readText(path);
  const { tree, diagnostics } = parse(text, path);
  return { path, text, tree, diagnostics, sources: new Map([[path, text]]) };
}

function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Refused([files.unreadable.at(null, { path, why: reasonOf(error) })]);
  }
  const [first, second] = bytes;
  const refuse = (what: string): Refused => new Refused([files.notText.at(null, { path, what })]);
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw refuse('it begins as UTF-16 does');
  if (bytes.includes(0)) throw refuse('it holds zero bytes');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('it holds bytes that are no characters');
  }
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

/** The policy that `--policy` names; undefined when the option was not given. */
export function policyOption(spec: Spec, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const found = spec.tree.declarations.flatMap((d) => (d.kind === 'policy' ? [d.name.text] : []));
  if (found.includes(name)) return name;
  throw refuse(spec, [files.unknownPolicy.at(null, { name, file: spec.path, found, nearest: nearest(name, found) })]);
}

/** Syntax errors and what else is known, as the end of the command: an error of the file's comes before one about its names. */
const refuse = (spec: Spec, diagnostics: readonly Diagnostic[]): Refused =>
  new Refused(hasErrors(spec.diagnostics) ? [...spec.diagnostics, ...diagnostics] : diagnostics, spec.sources);

/** Ends the command when there are errors; warnings are returned, for the caller to show. */
export function accept(spec: Spec, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const all = [...spec.diagnostics, ...diagnostics];
  if (hasErrors(all)) throw new Refused(all, spec.sources);
  return all;
}

/** Everything in a file, or what one network or train of it needs. */
export function checkSpec(
  { tree, ...spec }: Spec,
  name: string | null,
  policy: string | undefined,
): readonly Diagnostic[] {
  const options = policy === undefined ? {} : { policy };
  if (name === null) return check(tree, options).diagnostics;
  const target = findTarget({ tree, ...spec }, name);
  return (target.kind === 'train' ? checkTrain(tree, name, options) : checkNetwork(tree, name, options)).diagnostics;
}
