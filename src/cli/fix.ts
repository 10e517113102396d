/** `nrmc check --fix`: applies what is certain to a file, and writes it. */
import { chmodSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import { catalog } from '../diagnostics/catalog/index.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { positionOf } from '../diagnostics/positions.ts';
import { type Fixed, fixAll } from '../fix/fix.ts';
import { writeWhole } from '../runtime/node/files.ts';

export interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly fixed: Fixed['fixed'];
  readonly remaining: readonly Diagnostic[];
}

/** `diagnose`: everything that is said of a file of that text. */
export function fixFile(path: string, text: string, diagnose: (text: string) => readonly Diagnostic[]): FixedFile {
  const result = fixAll(new Map([[path, text]]), (texts) => diagnose(texts.get(path) ?? ''));
  const { fixed, remaining } = result;
  return { path, before: text, after: result.texts.get(path) ?? text, fixed, remaining };
}

/** Seen complete or not at all. A link stays a link, and the file keeps its mode and its byte order mark. */
export function writeFixed({ path, before, after }: FixedFile): void {
  if (before === after) return;
  const file = realpathSync(path);
  const { mode } = statSync(file);
  const mark = readFileSync(file)
    .subarray(0, 3)
    .equals(Buffer.from([0xef, 0xbb, 0xbf]))
    ? '\ufeff'
    : '';
  writeWhole(file, mark + after);
  chmodSync(file, mode);
}

/** A line for each fix: place, code, and what it was. Places are those of the text in which it was found. */
export const listOfFixes = ({ path, fixed }: FixedFile): readonly string[] =>
  fixed.map(({ diagnostic: { code, labels, fix }, text }) => {
    const { line, column } = positionOf(text, (labels[0]?.span ?? fix[0]?.span)?.start ?? 0);
    return `${path}:${line}:${column}: fixed ${code}, ${catalog[code]?.title ?? ''}`;
  });

/** Other files in which something certain is left to repair: a fix is applied to the file that was named. */
export const otherFilesToFix = ({ path, remaining }: FixedFile): readonly string[] => [
  ...new Set(
    remaining.flatMap(({ fix }) =>
      fix.flatMap(({ span }) => (span.file === path || !existsSync(span.file) ? [] : [span.file])),
    ),
  ),
];

/** A unified diff, without the line of a version control system's that the library begins it with. */
export function patchOf({ path, before, after }: FixedFile): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(path, path, before, after, undefined, undefined, { context: 2 });
  return patch.slice(patch.indexOf('--- '));
}
