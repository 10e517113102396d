/** `--allow-extern`: a spec's layers may be code of its own, which runs only when asked to. Checking and building never run any. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Option } from 'commander';
import { externs } from '../diagnostics/catalog/externs.ts';
import type { StringExpression } from '../parser/tree.ts';
import { type CodeFile, modulesOf } from '../runtime/node/externs.ts';
import type { Spec } from './spec.ts';
import { Refused } from './terminal.ts';

export interface AllowOptions {
  readonly allowExtern?: true;
}

export const allowExternOption = (): Option => new Option('--allow-extern', "run the modules of the spec's own layers");

/**
 * Refuses code that would run modules of a user's, before any of it is loaded. `folder`: where the paths of its modules begin; `spec`:
 * what it was compiled from, to point at the declaration.
 */
export function requireAllowed(
  code: readonly CodeFile[],
  folder: string,
  options: AllowOptions,
  what: string,
  spec: Spec | null = null,
): void {
  refuseModules(modulesOf(code, folder), options, what, spec);
}

/** The same of modules by their full paths. */
export function refuseModules(
  all: readonly string[],
  { allowExtern }: AllowOptions,
  what: string,
  spec: Spec | null = null,
): void {
  const found = [...new Set(all)];
  if (found.length === 0 || allowExtern === true) return;
  const modules = found.map((module) => path.relative(process.cwd(), module));
  const declared = [...(spec?.program.files.values() ?? [])]
    .flatMap(({ tree }) => tree.declarations)
    .flatMap((d) => (d.kind === 'extern' && d.from !== null ? [d.from] : []));
  // That they are there has been checked.
  const lies = ({ span, value }: StringExpression): string =>
    realpathSync(path.resolve(path.dirname(span.file), value));
  const place = declared.find((from) => found.some((module) => realpathSync(module) === lies(from)))?.span ?? null;
  throw new Refused([externs.notAllowed.at(place, { what, modules })], spec?.sources);
}
