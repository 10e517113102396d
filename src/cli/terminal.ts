/** What a command says, and how it ends: results on stdout, diagnostics on stderr, exit 0 fine, 1 wrong input, 2 wrong usage. */
import process from 'node:process';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';
import { showsUnicode, wantsColor } from './capabilities.ts';

/** Ends a command with diagnostics; never shows a stack. */
export class Refused extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
  constructor(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string> = new Map()) {
    super(diagnostics[0]?.message ?? 'refused');
    this.name = 'Refused';
    this.diagnostics = diagnostics;
    this.sources = sources;
  }
}

export const useColor = (stream: NodeJS.WriteStream): boolean => wantsColor(process.env, stream.isTTY === true);

export const useUnicode = (): boolean => showsUnicode(process.env);

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** A line beside the result. */
export const showNote = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export function showDiagnostics(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): void {
  const width = process.stderr.columns;
  const options = { color: useColor(process.stderr), unicode: useUnicode(), ...(width === undefined ? {} : { width }) };
  for (const d of diagnostics) process.stderr.write(`${renderDiagnostic(d, (file) => sources.get(file), options)}\n\n`);
}
