/** CST → `SourceFile`, with the documentation of each declaration. */
import type { CstNode } from 'chevrotain';
import { syntax } from '../../diagnostics/catalog/syntax.ts';
import type { Comment } from '../lexer.ts';
import { numberValue } from '../literals.ts';
import type { Declaration, SourceFile } from '../tree.ts';
import { buildAllowances } from './allowances.ts';
import { nodeSpan, nodes, type Source, token } from './cst.ts';
import { buildDeclaration } from './declarations.ts';

/** `parts`: a `file` node, or the `edition` and `declaration` nodes of a file with errors. */
export function buildFile(
  source: Source,
  parts: readonly CstNode[],
  comments: readonly Comment[],
  text: string,
): Omit<SourceFile, 'whole'> {
  const editions = parts.flatMap((part) => (part.name === 'edition' ? [part] : nodes(part, 'edition')));
  const declarations: Declaration[] = [];
  let end = 0;
  const docs = comments.filter((comment) => comment.kind === 'doc');
  let next = 0;
  for (const cst of parts.flatMap((part) => (part.name === 'declaration' ? [part] : nodes(part, 'declaration')))) {
    const { start } = nodeSpan(source, cst, { file: source.file, start: end, end });
    const before: Comment[] = [];
    for (let doc = docs[next]; doc !== undefined && doc.span.start < start; doc = docs[++next]) before.push(doc);
    const declaration = buildDeclaration(source, cst, docOf(before, end, start, text));
    if (declaration === null) continue;
    declarations.push(declaration);
    end = declaration.span.end;
  }
  return {
    file: source.file,
    edition: editionOf(source, editions[0]),
    declarations,
    allowances: buildAllowances(comments, declarations, text, source.report),
  };
}

function editionOf(source: Source, cst: CstNode | undefined): SourceFile['edition'] {
  const number = cst === undefined ? undefined : token(cst, 'Number');
  if (cst === undefined || number === undefined) return null;
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  const version = numberValue(number.image);
  if (version !== 1) source.report(syntax.edition.at(span, { version: number.image }));
  return Number.isFinite(version) ? { version, span } : null;
}

/** The last block of `///` lines between two declarations, not one that stands behind code on the same line. */
function docOf(comments: readonly Comment[], from: number, to: number, text: string): string {
  const lines: string[] = [];
  let below = to;
  for (const { span, text: written } of comments.toReversed()) {
    if (span.start < from) break;
    const gap = text.slice(span.end, below);
    // A blank line ends the block, but one between it and the declaration does not part them.
    if (lines.length > 0 && /\n[^\S\n]*\n/.test(gap)) break;
    const before = text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start);
    if (before.trim() !== '') break;
    lines.unshift(written.replace(/^\/\/\/ ?/, ''));
    below = span.start;
  }
  return lines.join('\n');
}
