/**
 * What checking finds in a declaration that could not be read as it was meant: much of it follows from that. A layer without the
 * argument that has just been skipped is no second mistake.
 */
import { names } from '../diagnostics/catalog/names.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { linesOf } from '../diagnostics/positions.ts';
import type { SourceFile } from './tree.ts';

const unknown: readonly string[] = [names.unknownLayer.code, names.unknownDeclaration.code];

/**
 * Of what checking `found`, what is not to be put down to the syntax errors of its file: what stands on another line than they do,
 * and not at the head of the same declaration (where it is told that something is missing in all of it).
 */
export function withoutConsequences(
  tree: SourceFile,
  text: string,
  syntaxErrors: readonly Diagnostic[],
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  const { file } = tree;
  const errors = syntaxErrors.flatMap((d) =>
    d.severity !== 'error' ? [] : d.labels.flatMap(({ span }) => (span.file === file ? [span] : [])),
  );
  if (errors.length === 0) return found;
  const lines = linesOf(text);
  const lineOf = (offset: number): number => lines.position(offset).line;
  const damaged = new Set<number>();
  for (const { start, end } of errors) for (let line = lineOf(start); line <= lineOf(end); line++) damaged.add(line);
  for (const { span } of tree.declarations) {
    const inside = errors.filter((error) => error.start >= span.start && error.start <= span.end);
    if (inside.length === 0) continue;
    const head = lineOf(span.start);
    damaged.add(head);
    // What the head does not declare, the whole of it lacks.
    if (inside.some((error) => lineOf(error.start) === head))
      for (let line = head; line <= lineOf(span.end); line++) damaged.add(line);
  }
  // What an import would have brought whose names could not be read: any name that is not found.
  const isNamed = (d: Diagnostic): boolean => unknown.includes(d.code);
  const blind = tree.declarations.some((d) => d.kind === 'import' && d.names.length === 0);
  return found.filter((d) => {
    if (blind && isNamed(d)) return false;
    const span = d.labels[0]?.span;
    return span?.file !== file || !damaged.has(lineOf(span.start));
  });
}
