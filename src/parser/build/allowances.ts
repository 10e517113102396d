/**
 * `// allow NRM6002: reason`: findings that are meant to be there. It is a comment, so that it can stand at any place, survives
 * formatting, and means nothing to what is compiled.
 *
 * It is about what begins on its line; when it stands alone, on the next line that is no comment. A step, rule or declaration that
 * begins there is meant as a whole, however many lines it has.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Comment } from '../lexer.ts';
import type { Allowance, Declaration, Name } from '../tree.ts';

const written = /^\/\/[ \t]*allow[ \t]+(NRM\w*(?:[ \t]*,[ \t]*NRM\w*)*)/;

/** A word, a code and perhaps a reason, however they are put together. */
const almost = /^\/\/[ \t]*(\w+)[ \t]*[:(=-]?[ \t]*(NRM\d+(?:[ \t]*,[ \t]*NRM\d+)*)[ \t]*[):,-]*[ \t]*(.*)$/i;

export function buildAllowances(
  comments: readonly Comment[],
  declarations: readonly Declaration[],
  text: string,
  report: Report,
): readonly Allowance[] {
  return comments.flatMap((comment) => {
    const match = comment.kind === 'line' ? written.exec(comment.text) : null;
    if (match?.[1] === undefined) {
      if (comment.kind === 'line') reportAlmost(comment, report);
      return [];
    }
    const { span } = comment;
    const from = span.start + match[0].length - match[1].length;
    const codes = [...match[1].matchAll(/NRM\w*/g)].map(
      ({ 0: code, index }): Name => ({
        text: code,
        span: { ...span, start: from + index, end: from + index + code.length },
      }),
    );
    const rest = comment.text.slice(match[0].length).trim();
    return {
      codes,
      reason: rest.startsWith(':') ? rest.slice(1).trim() : null,
      covers: covered(span, declarations, text),
      span,
    };
  });
}

/** `// alow NRM6002: …`, `// allow: NRM6002 …`: meant as an allowance, and only a comment. */
function reportAlmost({ text, span }: Comment, report: Report): void {
  const [, word = '', codes = '', reason = ''] = almost.exec(text) ?? [];
  const isAllow = word.toLowerCase() === 'allow' || nearest(word, ['allow']) !== null;
  if (codes === '' || !isAllow) return;
  const instead = `// allow ${codes.toUpperCase()}: ${reason === '' ? 'because …' : reason}`;
  const fix = reason === '' ? [] : [{ span, text: instead }];
  report(lints.almostAllowed.at(span, { codes: codes.toUpperCase(), instead }, { fix }));
}

function covered({ file, start: at, end: behind }: Span, declarations: readonly Declaration[], text: string): Span {
  const isAlone = text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
  const line = isAlone ? nextLine(text, behind) : lineAt(text, at);
  let { end } = line;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const span = 'span' in node ? (node.span as Partial<Span> | null) : null;
    if (typeof span?.start === 'number' && typeof span.end === 'number') {
      // Nothing in it is on the line, or all of it is covered already.
      if (span.end <= line.start || span.start >= line.end) return;
      if (span.start >= line.start) end = Math.max(end, span.end);
    }
    for (const part of Object.values(node)) visit(part);
  };
  visit(declarations);
  return { file, start: line.start, end };
}

interface Line {
  readonly start: number;
  readonly end: number;
}

function lineAt(text: string, at: number): Line {
  const end = text.indexOf('\n', at);
  return { start: text.lastIndexOf('\n', at - 1) + 1, end: end < 0 ? text.length : end };
}

/** The first line behind a place that is neither empty nor a comment. */
function nextLine(text: string, at: number): Line {
  for (let line = lineAt(text, at); line.end < text.length; ) {
    line = lineAt(text, line.end + 1);
    const content = text.slice(line.start, line.end).trim();
    if (content !== '' && !content.startsWith('//')) return line;
  }
  return { start: text.length, end: text.length };
}
