/** What a command says, and how it ends: results on stdout, diagnostics on stderr, exit 0 fine, 1 wrong input, 2 wrong usage. */
import process from 'node:process';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';

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

const useColor = (stream: NodeJS.WriteStream): boolean =>
  process.env.NO_COLOR === undefined && (process.env.FORCE_COLOR !== undefined || stream.isTTY === true);

/** Windows consoles of old and the C locale cannot show box drawing. */
const useUnicode = (): boolean => {
  const locale = process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? '';
  return locale !== 'C' && locale !== 'POSIX' && process.env.TERM !== 'linux';
};

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
