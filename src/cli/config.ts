/** Finding and reading `nrmc.json`: the nearest one above a spec. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Config, configFile, defaultConfig } from '../config/config.ts';
import { readConfig } from '../config/read.ts';
import { config as errors } from '../diagnostics/catalog/config.ts';
import { files } from '../diagnostics/catalog/files.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { readBytes, textOf } from './text.ts';

interface ProjectConfig {
  readonly config: Config;
  /** Folders that imports may reach, from the folder of the file. */
  readonly imports: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Path and text of the file; null without one. */
  readonly source: { readonly path: string; readonly text: string } | null;
}

const none: ProjectConfig = { config: defaultConfig, imports: [], diagnostics: [], source: null };

/** The settings for a spec; those of the language itself where no folder above it has any. */
export function configFor(spec: string): ProjectConfig {
  const found = nearestAbove(path.dirname(path.resolve(spec)));
  if (found === null) return none;
  const shown = path.relative(process.cwd(), found);
  const bytes = readBytes(found);
  if ('why' in bytes) return { ...none, diagnostics: [files.unreadable.at(null, { path: shown, why: bytes.why })] };
  const read = textOf(bytes.bytes);
  if ('why' in read) return { ...none, diagnostics: [files.notText.at(null, { path: shown, what: read.why })] };
  const { config, diagnostics } = readConfig(read.text, shown);
  const folders = config.imports.map((i) => ({ ...i, full: path.resolve(path.dirname(found), i.folder) }));
  const isFolder = (full: string): boolean => existsSync(full) && statSync(full).isDirectory();
  const missing = folders
    .filter((f) => !isFolder(f.full))
    .map((f) => errors.noFolder.at(f.span, { folder: f.folder, looked: f.full }));
  return {
    config,
    imports: folders.map((f) => f.full),
    diagnostics: [...diagnostics, ...missing],
    source: { path: shown, text: read.text },
  };
}

function nearestAbove(folder: string): string | null {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, configFile);
    if (existsSync(file)) return file;
    if (path.dirname(at) === at) return null;
  }
}
