/**
 * Modules of layers of a user's own: emitted code imports them where they lie. Its text holds their paths as seen from one folder, and
 * is written to others: a build, a run, the folder that it is run from. A copy of a module is never made.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { failure, runtimeErrors } from '../errors.ts';
import { reasonOf } from './files.ts';

export interface CodeFile {
  readonly path: string;
  readonly text: string;
}

/** `import * as gate from './gate.ts';`, as the compiler writes it and nothing else. */
const imported = /^import \* as (\w+) from ('[^']*'|"(?:[^"\\]|\\.)*");$/gm;

/** An entry imports the module beside it in this form too, which goes wherever the entry goes. */
const isEntry = (file: CodeFile): boolean => /\.train\.[a-z]+$/.test(file.path);

/** The modules that code imports, each once, by their full paths. `folder`: where its paths begin. */
export function modulesOf(files: readonly CodeFile[], folder: string): readonly string[] {
  const found = files
    .filter((file) => !isEntry(file))
    .flatMap((file) => [...file.text.matchAll(imported)].map((match) => fileOf(unquoted(match[2] ?? ''), folder)));
  return [...new Set(found)];
}

/** The same code for another folder. */
export const relocated = <F extends CodeFile>(files: readonly F[], from: string, to: string): readonly F[] =>
  files.map((file) =>
    isEntry(file)
      ? file
      : {
          ...file,
          text: file.text.replace(
            imported,
            (_, name: string, literal: string) =>
              `import * as ${name} from ${quoted(specifierFor(fileOf(unquoted(literal), from), to))};`,
          ),
        },
  );

/** The files of a run's code, as far as they are there. */
export const codeIn = (folder: string, train: string): readonly CodeFile[] =>
  [`${train}.ts`, `${train}.train.ts`].flatMap((name) => {
    const file = path.join(folder, name);
    return existsSync(file) ? [{ path: name, text: readFileSync(file, 'utf8') }] : [];
  });

/** The modules' contents as hashes, by their paths from `folder`; those that are gone are left out. */
export const hashesOf = (modules: readonly string[], folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    modules
      .filter((module) => existsSync(module))
      .map((module) => [specifierFor(module, folder), createHash('sha256').update(readFileSync(module)).digest('hex')]),
  );

/** Modules whose content is not what it was, as paths for messages. */
export const changedModules = (
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] => Object.keys(now).filter((module) => before[module] !== now[module]);

/** Loads each module by itself, so that what is wrong with it is told as that; the code that imports it finds it loaded. */
export async function loadModules(modules: readonly string[]): Promise<void> {
  for (const file of modules) {
    const module = path.relative(process.cwd(), file);
    if (!existsSync(file)) throw failure(runtimeErrors.externNotLoaded, { module, why: 'it is not there', gone: true });
    let found: Readonly<Record<string, unknown>>;
    try {
      found = await import(pathToFileURL(file).href);
    } catch (error) {
      throw failure(runtimeErrors.externNotLoaded, { module, why: reasonOf(error), gone: false });
    }
    const missing = ['forward', 'backward'].filter((name) => typeof found[name] !== 'function');
    if (missing.length > 0) throw failure(runtimeErrors.externExports, { module, missing });
  }
}

function fileOf(specifier: string, folder: string): string {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier);
  return path.resolve(real(path.resolve(folder)), decodeURIComponent(specifier));
}

/** How code in a folder imports a file; Node takes the folder that it really is, links followed. */
function specifierFor(file: string, folder: string): string {
  const way = path.relative(real(path.resolve(folder)), real(file));
  // On another drive.
  if (path.isAbsolute(way)) return pathToFileURL(way).href;
  // These mean something else in an import.
  const plain = way.split(path.sep).join('/').replace(/[%#?]/g, encodeURIComponent);
  return plain.startsWith('.') ? plain : `./${plain}`;
}

/** The path without links, of what is there. */
function real(full: string): string {
  if (existsSync(full)) return realpathSync(full);
  const parent = path.dirname(full);
  return parent === full ? full : path.join(real(parent), path.basename(full));
}

const quoted = (text: string): string => (/['\\]/.test(text) ? JSON.stringify(text) : `'${text}'`);
const unquoted = (literal: string): string =>
  literal.startsWith('"') ? String(JSON.parse(literal)) : literal.slice(1, -1);
