/** The declarations that a file knows, by kind and name: its own, those it imports, and the prelude's. */
import { imports } from '../diagnostics/catalog/imports.ts';
import { names } from '../diagnostics/catalog/names.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { layers } from '../ir/ops/index.ts';
import { preludeFile } from '../library/prelude.ts';
import type {
  BlockDeclaration,
  DataDeclaration,
  Declaration,
  ExternDeclaration,
  LossDeclaration,
  NetworkDeclaration,
  PolicyDeclaration,
  TrainDeclaration,
} from '../parser/tree.ts';
import { checkExtern } from './extern.ts';
import { checkLoss } from './loss/declaration.ts';
import type { Program, ProgramFile } from './program.ts';
import { isSlot } from './words.ts';

export interface Scope {
  /** Path of the program's root: the spec that everything is compiled for. */
  readonly root: string;
  readonly networks: ReadonlyMap<string, NetworkDeclaration>;
  readonly policies: ReadonlyMap<string, PolicyDeclaration>;
  readonly data: ReadonlyMap<string, DataDeclaration>;
  readonly trains: ReadonlyMap<string, TrainDeclaration>;
  readonly blocks: ReadonlyMap<string, BlockDeclaration>;
  /** Layers of a user's own. */
  readonly externs: ReadonlyMap<string, ExternDeclaration>;
  /** Losses by a formula or from a module. */
  readonly losses: ReadonlyMap<string, LossDeclaration | ExternDeclaration>;
  /** Names that imports would have brought which could not be followed; that has been reported. */
  readonly unresolved: ReadonlySet<string>;
  /** The scope of the file that a declaration stands in: what is written there is read by the names of that file. */
  readonly homeOf: (declaration: { readonly span: Span }) => Scope;
}

type Named = Exclude<Declaration, { readonly kind: 'import' }>;

/** Networks and trains are found by one name on the command line, so they share their names; every other kind has its own. */
const space = (d: Named): string =>
  d.kind === 'network' || d.kind === 'train' ? 'target' : isLoss(d) ? 'loss' : d.kind;

const isNamed = (d: Declaration): d is Named => d.kind !== 'import';

/** The scope of the program's root. */
export function scopeOf(program: Program): Scope {
  const scopes = new Map<string, Scope>();
  const of = (path: string): Scope => {
    const known = scopes.get(path);
    if (known !== undefined) return known;
    const file = program.files.get(path);
    const made = fileScope(file, program, (declaration) => of(declaration.span.file));
    scopes.set(path, made);
    return made;
  };
  return of(program.root.file);
}

function fileScope(file: ProgramFile | undefined, program: Program, homeOf: Scope['homeOf']): Scope {
  const visible: Named[] = [];
  const unresolved = new Set<string>();
  for (const d of file?.tree.declarations ?? []) {
    if (isNamed(d)) visible.push(d);
    else
      for (const name of d.names) {
        const found = exported(program, file?.imports.get(d) ?? null, name.text);
        if (found.length === 0) unresolved.add(name.text);
        visible.push(...found);
      }
  }
  const builtin = program.files.get(preludeFile)?.tree.declarations ?? [];
  visible.push(...builtin.filter(isNamed));
  return {
    root: program.root.file,
    networks: byName(visible, 'network'),
    policies: byName(visible, 'policy'),
    data: byName(visible, 'data'),
    trains: byName(visible, 'train'),
    blocks: byName(visible, 'block'),
    externs: byName(
      visible.filter((d) => !isLoss(d)),
      'extern',
    ),
    losses: new Map(
      visible
        .filter(isLoss)
        .map((d) => [d.name.text, d] as const)
        .toReversed(),
    ),
    unresolved,
    homeOf,
  };
}

/** What a file declares under a name: a network and a policy may share one. */
const exported = (program: Program, path: string | null, name: string): readonly Named[] =>
  path === null
    ? []
    : (program.files.get(path)?.tree.declarations ?? []).filter(isNamed).filter((d) => d.name.text === name);

const isLoss = (d: Named): d is LossDeclaration | ExternDeclaration =>
  d.kind === 'loss' || (d.kind === 'extern' && d.what === 'loss');

type OfKind<K extends Named['kind']> = Extract<Named, { readonly kind: K }>;

/** The first of each name; `checkDeclarations` reports the others. */
function byName<K extends Named['kind']>(visible: readonly Named[], kind: K): ReadonlyMap<string, OfKind<K>> {
  const isKind = (d: Named): d is OfKind<K> & Named => d.kind === kind;
  const named = visible.filter(isKind).map((d): [string, OfKind<K>] => [d.name.text, d]);
  return new Map(named.toReversed());
}

/** Names declared twice, imports that bring nothing, and declarations that are not compiled yet, in every file. */
export function checkDeclarations(program: Program, report: Report): void {
  const scope = scopeOf(program);
  for (const [path, file] of program.files) {
    if (path === preludeFile) continue;
    checkFile(file, program, report);
    for (const d of file.tree.declarations)
      if (d.kind === 'extern' && d.what === 'layer') checkExtern(d, scope.homeOf(d), report);
      else if (d.kind === 'extern' || d.kind === 'loss') checkLoss(d, report);
  }
}

function checkFile(file: ProgramFile, program: Program, report: Report): void {
  const first = new Map<string, { readonly what: string; readonly span: Span }>();
  const taken = (d: Named, span: Span): void => {
    if (d.name.text === '') return;
    const key = `${space(d)} ${d.name.text}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, { what: kindText(d), span });
    else
      report(
        names.duplicateDeclaration.at(
          span,
          { what: kindText(d), firstWhat: before.what, name: d.name.text },
          { places: { first: before.span } },
        ),
      );
  };
  for (const d of file.tree.declarations) {
    if (isNamed(d)) {
      const builtin = d.kind === 'block' ? builtinNamed(d.name.text) : null;
      if (builtin !== null) report(names.builtinBlock.at(d.name.span, { name: d.name.text, what: builtin }));
      taken(d, d.name.span);
      continue;
    }
    const path = file.imports.get(d) ?? null;
    const target = path === null ? undefined : program.files.get(path);
    if (target === undefined) continue;
    for (const name of d.names) {
      const found = exported(program, path, name.text);
      // One that the other file declares twice is told there.
      for (const [i, declaration] of found.entries())
        if (found.findIndex((other) => space(other) === space(declaration)) === i) taken(declaration, name.span);
      if (found.length > 0 || name.text === '') continue;
      const known = [...new Set(target.tree.declarations.filter(isNamed).map((n) => n.name.text))].filter(
        (n) => n !== '',
      );
      const elsewhere = [...target.imports.keys()].find((i) => i.names.some((n) => n.text === name.text));
      report(
        imports.unknownName.at(name.span, {
          name: name.text,
          path: d.from?.value ?? '',
          found: known,
          nearest: nearest(name.text, known),
          elsewhere: elsewhere?.from?.value ?? null,
        }),
      );
    }
  }
}

/** What a name already stands for in every network. */
const builtinNamed = (name: string): string | null =>
  name === 'shortcut'
    ? 'a block that is always there'
    : isSlot(name)
      ? 'a slot'
      : Object.hasOwn(layers, name)
        ? 'a layer'
        : null;

const kindText = (d: Named): string => (d.kind === 'extern' ? `extern ${d.what}` : d.kind);

/** The declaration that a name stands for, or null after saying that there is none. */
export function find<T>(
  what: 'network' | 'policy' | 'data' | 'train',
  table: ReadonlyMap<string, T>,
  name: string,
  span: Span | null,
  scope: Scope,
  report: Report,
): T | null {
  const found = table.get(name);
  if (found !== undefined) return found;
  if (name === '') return null; // missing, and reported by the parser
  if (scope.unresolved.has(name)) return null; // the import has been reported
  const kinds = {
    network: scope.networks,
    policy: scope.policies,
    data: scope.data,
    train: scope.trains,
    block: scope.blocks,
  };
  const other = Object.entries(kinds).find(([, of]) => of.has(name))?.[0] ?? null;
  const all = [...table.keys()];
  report(names.unknownDeclaration.at(span, { what, name, found: all, nearest: nearest(name, all), other }));
  return null;
}
