/**
 * A diagnostic as a person reads it in a terminal, and as a program reads it.
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
import { type Cell, cellsOf, printable } from './cells.ts';
import type { Diagnostic, Label, Span } from './diagnostic.ts';
import { type Lines, linesOf } from './positions.ts';

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
  readonly width: number;
}

/** A stretch of one line that is underlined. */
interface Mark {
  readonly line: number;
  /** In the line, UTF-16, end exclusive. */
  readonly from: number;
  readonly to: number;
  readonly primary: boolean;
  readonly text: string;
}

export function renderDiagnostic(diagnostic: Diagnostic, sources: Sources, options: RenderOptions): string {
  const style = styleOf(diagnostic, options);
  const head = `${style.severity(style.strong(`${diagnostic.severity}[${diagnostic.code}]`))}${style.strong(`: ${printable(diagnostic.message)}`)}`;
  const groups = groupByFile(diagnostic.labels, sources);
  const last = Math.max(1, ...groups.flatMap((g) => g.marks.map((m) => m.line)));
  const margin = ' '.repeat(String(last).length);
  const rows = groups.flatMap((group, index) => renderFile(group, index === 0, margin, style));
  const notes = [
    ...(diagnostic.help === null ? [] : [`help: ${printable(diagnostic.help)}`]),
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
    width,
  };
}

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
  if (lines === null) {
    return [
      ...rows,
      ...group.texts.filter((text) => text !== '').map((text) => `${margin} ${quiet(signs.bar)} ${printable(text)}`),
    ];
  }
  let shown: number | null = null;
  for (const line of [...new Set(group.marks.map((m) => m.line))].sort((a, b) => a - b)) {
    if (shown !== null && line > shown + 1) rows.push(`${margin} ${quiet(signs.gap)}`);
    shown = line;
    const marks = group.marks
      .filter((m) => m.line === line)
      .sort((a, b) => a.from - b.from || Number(b.primary) - Number(a.primary));
    const room = Math.max(20, style.width - margin.length - 3);
    const view = window(cellsOf(lines.text(line)), marks, room, signs.cut);
    rows.push(`${quiet(`${String(line).padStart(margin.length)} ${signs.bar}`)} ${view.text}`.trimEnd());
    for (const mark of marks) {
      const { column, length } = view.place(mark);
      const paint = mark.primary ? style.severity : quiet;
      const under = (mark.primary ? '^' : '-').repeat(length);
      const text = mark.text === '' ? '' : ` ${printable(mark.text)}`;
      rows.push(`${margin} ${quiet(signs.bar)} ${' '.repeat(column)}${paint(`${under}${text}`)}`);
    }
  }
  return rows;
}

interface View {
  readonly text: string;
  place(mark: Mark): { readonly column: number; readonly length: number };
}

/** What is shown of a line: all of it, or a part around its first primary mark. */
function window(cells: readonly Cell[], marks: readonly Mark[], room: number, cut: string): View {
  const columns: number[] = [];
  let total = 0;
  for (const cell of cells) {
    columns.push(total);
    total += cell.width;
  }
  const columnOf = (offset: number): number => {
    // The cell that holds the offset: the last one that does not begin after it.
    const after = cells.findIndex((cell) => cell.at > offset);
    if (after > 0) return columns[after - 1] ?? 0;
    return after === 0 ? 0 : offset > (cells.at(-1)?.at ?? -1) ? total : (columns.at(-1) ?? 0);
  };
  const span = (mark: Mark): { from: number; to: number } => {
    const from = columnOf(mark.from);
    return { from, to: Math.max(from + 1, columnOf(mark.to)) };
  };
  if (total <= room) {
    return {
      text: cells.map((cell) => cell.text).join(''),
      place: (mark) => ({ column: span(mark).from, length: span(mark).to - span(mark).from }),
    };
  }
  const main = marks.find((mark) => mark.primary) ?? marks[0];
  const target = main === undefined ? 0 : span(main).from;
  const begin = Math.max(0, Math.min(target - Math.floor(room / 3), total - room));
  const end = begin + room;
  const left = begin > 0 ? cut : '';
  const right = end < total ? cut : '';
  const inside = cells.filter((_, i) => {
    const column = columns[i] ?? 0;
    return column >= begin + left.length && column + (cells[i]?.width ?? 0) <= end - right.length;
  });
  const first = inside[0];
  const shift = left.length - (first === undefined ? begin : columnOf(first.at));
  const text = `${left}${inside.map((cell) => cell.text).join('')}${right}`;
  const clamp = (column: number): number => Math.max(0, Math.min(room, column + shift));
  return {
    text,
    place(mark) {
      const { from, to } = span(mark);
      const column = clamp(from);
      return { column, length: Math.max(1, clamp(to) - column) };
    },
  };
}

// ── for programs ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface JsonPlace {
  readonly file: string;
  /** Null when the text of the file is not known. */
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
  readonly labels: readonly (JsonPlace & { readonly text: string })[];
  readonly help: string | null;
  readonly fix: readonly (JsonPlace & { readonly text: string })[];
}

export function toJson(diagnostic: Diagnostic, sources: Sources): JsonDiagnostic {
  const { code, severity, message, help } = diagnostic;
  const known = new Map<string, Lines | null>();
  const place = (span: Span): JsonPlace => {
    const text = known.has(span.file) ? undefined : sources(span.file);
    const lines = known.get(span.file) ?? (text === undefined ? null : linesOf(text));
    known.set(span.file, lines);
    const from = lines?.position(span.start);
    const to = lines?.position(span.end);
    return {
      file: span.file,
      line: from?.line ?? null,
      column: from?.column ?? null,
      endLine: to?.line ?? null,
      endColumn: to?.column ?? null,
    };
  };
  const labels = diagnostic.labels.map(({ span, text }) => ({ ...place(span), text }));
  const { file, line, column, endLine, endColumn } = labels[0] ?? {
    file: null,
    line: null,
    column: null,
    endLine: null,
    endColumn: null,
  };
  const fix = diagnostic.fix.map(({ span, text }) => ({ ...place(span), text }));
  return { code, severity, message, file, line, column, endLine, endColumn, labels, help, fix };
}
