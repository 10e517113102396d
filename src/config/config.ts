/** The settings of a project, as `nrmc.json` in its folder says them. */
import type { Span } from '../diagnostics/diagnostic.ts';

/** What a lint counts as: `off` leaves it out. */
export const levels = ['off', 'remark', 'warning', 'error'] as const;
export type Level = (typeof levels)[number];

export interface Config {
  /** By code; a code that is not there has the level of the catalogue. */
  readonly lints: ReadonlyMap<string, Level>;
  /** Folders beside the project that its specs may import from, as written. */
  readonly imports: readonly { readonly folder: string; readonly span: Span }[];
}

export const defaultConfig: Config = { lints: new Map(), imports: [] };

export const configFile = 'nrmc.json';
export const configKeys: readonly string[] = ['$schema', 'lints', 'imports'];
