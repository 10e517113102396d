/**
 * A diagnostic as a person reads it in a terminal. Programs read it by `json.ts` and `sarif.ts`.
 *
 *   error[NRM2103]: `conv2`: 4 groups do not divide 6 input channels
 *     ┌─ examples/lenet.nrm:6:23
 *   5 │   conv(6, kernel: 5)   norm  act  maxpool(2)
 *     │                                   ---------- this step produces [14, 14, 6]
 *   6 │   conv(16, kernel: 5, groups: 4)
 *     │                       ^^^^^^^^^ 6 is not a multiple of 4
 *     = help: `groups: 2` or `groups: 1` divide both 6 input channels and 16 filters
 *     = explain: nrmc explain NRM2103
 */
import picocolors from 'picocolors';
import { printable, widthOf, wrapped } from './cells.ts';
import type { Diagnostic, Label, Span } from './diagnostic.ts';
import { type Lines, linesOf } from './positions.ts';
import { type Mark, type View, viewOf } from './view.ts';

/** The text of a file, if it is known. */
export type Sources = (file: string) => string | undefined;

export interface RenderOptions {
  readonly color: boolean;
  /** Of the terminal, in cells; longer source lines are cut. */
  readonly width?: number;
  /** False for terminals without box drawing. */
  readonly unicode?: boolean;
}

type Paint = (text: string) => string;

interface Style {
  readonly signs: {
    readonly corner: string;
    readonly next: string;
    readonly bar: string;
    readonly gap: string;
    readonly cut: string;
  };
  readonly strong: Paint;
  readonly severity: Paint;
  readonly quiet: Paint;
  /** Text of ours as this terminal can show it. */
  readonly plain: (text: string) => string;
  readonly width: number;
}

/** More places of one diagnostic than this are counted, not shown: programs get them all. */
const mostLabels = 8;

export function renderDiagnostic(diagnostic: Diagnostic, sources: Sources, options: RenderOptions): string {
  const style = styleOf(diagnostic, options);
  const head = `${style.severity(style.strong(`${diagnostic.severity}[${diagnostic.code}]`))}${style.strong(`: ${style.plain(diagnostic.message)}`)}`;
  const groups = groupByFile(diagnostic.labels.slice(0, mostLabels), sources);
  const last = Math.max(1, ...groups.flatMap((g) => g.marks.map((m) => m.line)));
  const margin = ' '.repeat(String(last).length);
  const rows = groups.flatMap((group, index) => renderFile(group, index === 0, margin, style));
  const more = diagnostic.labels.length - mostLabels;
  const notes = [
    ...(more <= 0 ? [] : [`and ${more} more ${more === 1 ? 'place' : 'places'}`]),
    ...(diagnostic.help === null ? [] : [`help: ${style.plain(diagnostic.help)}`]),
    `explain: nrmc explain ${diagnostic.code}`,
  ];
  return [head, ...rows, ...notes.map((note) => `${margin} ${style.quiet('=')} ${note}`)].join('\n');
}

function styleOf({ severity }: Diagnostic, { color, width = 160, unicode = true }: RenderOptions): Style {
  const colors = picocolors.createColors(color);
  return {
    signs: unicode
      ? { corner: '┌─', next: '├─', bar: '│', gap: '·', cut: '…' }
      : { corner: '-->', next: '-->', bar: '|', gap: ':', cut: '...' },
    strong: colors.bold,
    severity: { error: colors.red, warning: colors.yellow, remark: colors.cyan }[severity],
    quiet: colors.blue,
    plain: unicode ? printable : (text) => inAscii(printable(text)),
    width,
  };
}

/** The signs that messages use beyond ASCII; what they quote of a source stays as it is. */
const inAscii = (text: string): string =>
  text.replaceAll('…', '...').replaceAll('×', 'x').replaceAll('→', '->').replaceAll('≥', '>=').replaceAll('≤', '<=');

interface FileGroup {
  readonly file: string;
  /** Null when the text is not known. */
  readonly lines: Lines | null;
  readonly place: string;
  readonly marks: readonly Mark[];
  readonly texts: readonly string[];
}

function groupByFile(labels: readonly Label[], sources: Sources): readonly FileGroup[] {
  const files = new Map<string, { label: Label; primary: boolean }[]>();
  for (const [index, label] of labels.entries()) {
    const group = files.get(label.span.file) ?? [];
    group.push({ label, primary: index === 0 });
    files.set(label.span.file, group);
  }
  return [...files].map(([file, group]) => {
    const text = sources(file);
    const lines = text === undefined ? null : linesOf(text);
    const texts = group.map(({ label }) => label.text);
    const first = group[0];
    if (lines === null || text === undefined || first === undefined)
      return { file, lines: null, place: file, marks: [], texts };
    const marks = group.flatMap(({ label, primary }) => marksOf(settle(label.span, text), label.text, primary, lines));
    const { line, column } = lines.position(settle(first.label.span, text).start);
    return { file, lines, place: `${file}:${line}:${column}`, marks, texts };
  });
}

/** Inside the text; nothing at the very end is shown behind the last character that is there. */
function settle(span: Span, text: string): Span {
  const start = Math.max(0, Math.min(text.length, span.start));
  const end = Math.max(start, Math.min(text.length, span.end));
  if (start < text.length || start !== end) return { ...span, start, end };
  const last = text.trimEnd().length;
  return { ...span, start: last, end: last };
}

/** One mark, or two for the first and last line of a longer stretch; the text stands at the last. */
function marksOf(span: Span, text: string, primary: boolean, lines: Lines): readonly Mark[] {
  const first = lines.position(span.start).line;
  // A line break at the end belongs to the line it ends.
  const last = Math.max(first, lines.position(Math.max(span.start, span.end - 1)).line);
  const from = span.start - lines.start(first);
  if (first === last) return [{ line: first, from, to: span.end - lines.start(first), primary, text }];
  const lastLine = lines.text(last);
  const indent = lastLine.length - lastLine.trimStart().length;
  return [
    { line: first, from, to: lines.text(first).length, primary, text: '' },
    { line: last, from: indent, to: span.end - lines.start(last), primary, text },
  ];
}

function renderFile(group: FileGroup, isFirst: boolean, margin: string, style: Style): readonly string[] {
  const { signs, quiet } = style;
  const rows = [`${margin} ${quiet(isFirst ? signs.corner : signs.next)} ${printable(group.place)}`];
  const { lines } = group;
  const room = Math.max(20, style.width - margin.length - 3);
  if (lines === null) {
    const texts = group.texts.filter((text) => text !== '').flatMap((text) => wrapped(style.plain(text), room));
    return [...rows, ...texts.map((text) => `${margin} ${quiet(signs.bar)} ${text}`)];
  }
  let shown: number | null = null;
  for (const line of [...new Set(group.marks.map((m) => m.line))].sort((a, b) => a - b)) {
    if (shown !== null && line > shown + 1) rows.push(`${margin} ${quiet(signs.gap)}`);
    shown = line;
    let left: readonly Mark[] = group.marks
      .filter((m) => m.line === line)
      .sort((a, b) => a.from - b.from || Number(b.primary) - Number(a.primary));
    // A long line is shown around its first mark that matters, and once more for marks that are far from it.
    while (left.length > 0) {
      const view = viewOf(lines.text(line), left, room, signs.cut);
      const seen = left.filter((mark) => view.holds(mark));
      rows.push(`${quiet(`${String(line).padStart(margin.length)} ${signs.bar}`)} ${view.text}`.trimEnd());
      for (const mark of seen)
        for (const row of renderMark(mark, view, room, style)) rows.push(`${margin} ${quiet(signs.bar)} ${row}`);
      left = left.filter((mark) => !seen.includes(mark));
    }
  }
  return rows;
}

/** The underline with its text behind it, or below it where the terminal is too narrow. */
function renderMark(mark: Mark, view: View, room: number, style: Style): readonly string[] {
  const { column, length } = view.place(mark);
  const paint = mark.primary ? style.severity : style.quiet;
  const under = (mark.primary ? '^' : '-').repeat(length);
  const text = style.plain(mark.text);
  const row = (at: number, content: string): string => `${' '.repeat(at)}${paint(content)}`;
  if (text === '') return [row(column, under)];
  if (column + length + 1 + widthOf(text) <= room) return [row(column, `${under} ${text}`)];
  const lines = wrapped(text, room);
  const at = Math.max(0, Math.min(column, room - Math.max(...lines.map(widthOf))));
  return [row(column, under), ...lines.map((line) => row(at, line))];
}
