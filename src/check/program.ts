/**
 * A program: a spec and all files that it imports, directly or not. Reading files is the host's part; where there is none, as for a
 * text in memory, a spec can import from the library only.
 */
import { externs } from '../diagnostics/catalog/externs.ts';
import { imports } from '../diagnostics/catalog/imports.ts';
import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { libraryFiles } from '../library/index.ts';
import { prelude, preludeFile } from '../library/prelude.ts';
import { parse } from '../parser/index.ts';
import type { ExternDeclaration, ImportDeclaration, SourceFile } from '../parser/tree.ts';
import { wrongPath } from './extern/module.ts';
import { resolvePath } from './paths.ts';

/** What an import finds at a path. */
export type Found = { readonly text: string } | 'missing' | 'outside' | 'unreadable';

export interface Host {
  /** `path` is that of the importing file, with the import's own path applied; `outside`: of the folders that may be read. */
  readonly read: (path: string) => Found;
  /** Whether a layer's module lies there; a host that cannot tell has no such answer. Modules are not read. */
  readonly module?: (path: string) => 'there' | 'missing' | 'outside';
}

export interface Program {
  readonly root: SourceFile;
  /** By path, the root and the prelude among them. */
  readonly files: ReadonlyMap<string, ProgramFile>;
  /** Texts by path, for rendering diagnostics. */
  readonly texts: ReadonlyMap<string, string>;
  /** Of reading the imports: syntax errors of imported files, files that are not there, circles. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ProgramFile {
  readonly tree: SourceFile;
  /** The path that each import leads to; null when it leads nowhere, which has been reported. */
  readonly imports: ReadonlyMap<ImportDeclaration, string | null>;
}

const none: Host = { read: () => 'missing' };

/** How many files one spec may bring together. */
export const mostFiles = 1000;

export function loadProgram(root: SourceFile, text: string | null, host: Host = none): Program {
  const files = new Map<string, ProgramFile>();
  const texts = new Map<string, string>([[preludeFile, prelude]]);
  const found: Diagnostic[] = [];
  const report: Report = (d) => found.push(d);
  if (text !== null) texts.set(root.file, text);
  files.set(preludeFile, { tree: parse(prelude, preludeFile).tree, imports: new Map() });
  load(root, []);
  return { root, files, texts, diagnostics: found };

  /** `chain`: the files that are being loaded, each importing the next. */
  function load(tree: SourceFile, chain: readonly string[]): void {
    const resolved = new Map<ImportDeclaration, string | null>();
    files.set(tree.file, { tree, imports: resolved });
    for (const d of tree.declarations) {
      if (d.kind === 'import') resolved.set(d, follow(d, [...chain, tree.file]));
      if (d.kind === 'extern') checkModule(d, tree.file);
    }
  }

  function checkModule({ from }: ExternDeclaration, file: string): void {
    // A path that is no module's is reported by the check of the declaration.
    if (from === null || from.value === '' || wrongPath(from.value) !== null) return;
    const path = resolvePath(file, from.value);
    const answer = host.module?.(path);
    if (answer === 'missing') report(externs.missing.at(from.span, { path: from.value, looked: path }));
    if (answer === 'outside') report(externs.outside.at(from.span, { path: from.value }));
  }

  function follow(d: ImportDeclaration, chain: readonly string[]): string | null {
    if (d.from === null || d.from.value === '') return null; // missing, and reported by the parser
    const importer = chain.at(-1) ?? '';
    const written = d.from.value;
    const path = resolvePath(importer, written);
    const circle = chain.findIndex((file) => resolvePath('', file) === resolvePath('', path));
    if (circle >= 0) {
      report(imports.circle.at(d.from.span, { files: [...chain.slice(circle), path] }));
      return null;
    }
    if (files.has(path)) return path;
    if (files.size > mostFiles) {
      report(imports.tooMany.at(d.from.span, { most: mostFiles }));
      return null;
    }
    const library = written.startsWith('nrmc/');
    const bare = !library && !/^\.{0,2}\//.test(written) && !/^[A-Za-z]:[\\/]/.test(written);
    const source = library ? (libraryFiles.get(written) ?? 'missing') : bare ? 'missing' : host.read(path);
    if (source === 'missing' || source === 'outside' || source === 'unreadable') {
      const known = [...libraryFiles.keys()];
      const facts = { path: written, looked: library ? null : path, library: library ? known : [], bare };
      if (source === 'missing')
        report(imports.missing.at(d.from.span, { ...facts, nearest: library ? nearest(written, known) : null }));
      else if (source === 'outside') report(imports.outside.at(d.from.span, { path: written }));
      else report(imports.unreadable.at(d.from.span, { path: written }));
      return null;
    }
    const content = typeof source === 'string' ? source : source.text;
    texts.set(path, content);
    const { tree, diagnostics } = parse(content, path);
    found.push(...diagnostics);
    load(tree, chain);
    return path;
  }
}

/** A tree by itself, or a program as it is. */
export const asProgram = (of: SourceFile | Program): Program => ('root' in of ? of : loadProgram(of, null));
