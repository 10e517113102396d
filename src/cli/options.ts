/** Options that several commands have. */
import { Option } from 'commander';
import type { BackendName } from '../runtime/node/backend.ts';

/** Written out, so that commands which compute nothing do not load tfjs to know the names. */
const backends = ['auto', 'node', 'wasm', 'cpu'] as const satisfies readonly ('auto' | BackendName)[];

export const backendOption = (): Option => new Option('--backend <name>', 'what computes').choices(backends);

export interface ImportOptions {
  readonly allowImport?: readonly string[] | undefined;
}

export const allowImportOption = (): Option =>
  new Option(
    '--allow-import <folder>',
    'a folder outside of the project that imports may read; may be repeated',
  ).argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
