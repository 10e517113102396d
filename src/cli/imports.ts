/** Reading what a spec imports: files of its project, and of folders that are allowed by name. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Found, Host } from '../check/index.ts';
import { readBytes, textOf } from './text.ts';

/** What marks the folder of a project. */
const marks = ['nrmc.json', 'package.json', '.git'];

/** The nearest folder above a spec that is marked as a project's; without one, the spec's own. */
function projectFolder(spec: string): string {
  const own = path.dirname(path.resolve(spec));
  for (let folder = own; ; folder = path.dirname(folder)) {
    if (marks.some((mark) => existsSync(path.join(folder, mark)))) return folder;
    if (path.dirname(folder) === folder) return own;
  }
}

export function importHost(spec: string, allowed: readonly string[]): Host {
  const folders = [projectFolder(spec), ...allowed].map((folder) => real(path.resolve(folder)));
  // A link inside of the project may lead out of it: what counts is where the file really lies.
  const isAllowed = (full: string): boolean => folders.some((folder) => isInside(real(full), folder));
  return {
    read(file): Found {
      const full = path.resolve(file);
      if (!isAllowed(full)) return 'outside';
      if (!existsSync(full)) return 'missing';
      const bytes = readBytes(full);
      const text = 'why' in bytes ? null : textOf(bytes.bytes);
      return text === null || 'why' in text ? 'unreadable' : text;
    },
    module(file) {
      const full = path.resolve(file);
      if (!isAllowed(full)) return 'outside';
      return statSync(full, { throwIfNoEntry: false })?.isFile() === true ? 'there' : 'missing';
    },
  };
}

/** The path without links; of a file that is not there, by its folder. */
function real(full: string): string {
  if (existsSync(full)) return realpathSync(full);
  const parent = path.dirname(full);
  return parent === full ? full : path.join(real(parent), path.basename(full));
}

function isInside(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
}
