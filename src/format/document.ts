/**
 * A small algebra of documents, after Wadler and Prettier: text with places where a line may break, in groups that are either
 * written on one line or broken open. Each document knows how wide it is on one line, so whether it fits is one comparison.
 */

export type Doc = string | Concat | Group | Indent | Line | Fill | Comment | Verbatim | Choice;

interface Sized {
  /** Width on one line; infinite for what cannot stand on one. */
  readonly width: number;
}

export interface Concat extends Sized {
  readonly kind: 'concat';
  readonly parts: readonly Doc[];
}

/** On one line if it fits, else with all lines that are directly in it broken. */
export interface Group extends Sized {
  readonly kind: 'group';
  readonly content: Doc;
  /** What stands before it on a line may count on it to break; else it counts with its full width. */
  readonly yields: boolean;
}

export interface Indent extends Sized {
  readonly kind: 'indent';
  readonly content: Doc;
}

/** A line break, or `flat` where its group is on one line; one without `flat` always breaks. */
export interface Line extends Sized {
  readonly kind: 'line';
  readonly flat: string | null;
  readonly blank: boolean;
}

/** Contents and separators in turn; each separator breaks only when what follows does not fit. */
export interface Fill extends Sized {
  readonly kind: 'fill';
  readonly parts: readonly Doc[];
}

/** At the end of a line, and not counted in its width. A line break follows it always. */
export interface Comment extends Sized {
  readonly kind: 'comment';
  readonly text: string;
}

/** Text that is written as it is, line breaks and all. */
export interface Verbatim extends Sized {
  readonly kind: 'verbatim';
  readonly text: string;
  /** What stands before it on its line, in place of the indentation that it would get; null to keep that. */
  readonly indentation: string | null;
}

/** The parts below each other, each on one line, where all of them fit; else `otherwise`. */
export interface Choice extends Sized {
  readonly kind: 'choice';
  readonly parts: readonly Doc[];
  readonly otherwise: Doc;
}

const widthOf = (doc: Doc): number => (typeof doc === 'string' ? doc.length : doc.width);
const total = (parts: readonly Doc[]): number => parts.reduce((sum, part) => sum + widthOf(part), 0);

export const concat = (...parts: readonly Doc[]): Doc =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'concat', parts, width: total(parts) };
export const group = (content: Doc, yields = false): Doc => ({
  kind: 'group',
  content,
  yields,
  width: widthOf(content),
});
export const indent = (content: Doc): Doc => ({ kind: 'indent', content, width: widthOf(content) });
export const line = (flat: string): Line => ({ kind: 'line', flat, blank: false, width: flat.length });
export const fill = (parts: readonly Doc[]): Doc => ({ kind: 'fill', parts, width: total(parts) });
export const comment = (text: string): Doc => ({ kind: 'comment', text, width: 0 });
export const verbatim = (text: string, indentation: string | null): Doc => ({
  kind: 'verbatim',
  text,
  indentation,
  width: Number.POSITIVE_INFINITY,
});
export const choice = (parts: readonly Doc[], otherwise: Doc): Doc => ({
  kind: 'choice',
  parts,
  otherwise,
  width: Number.POSITIVE_INFINITY,
});

const breaks = (blank: boolean): Line => ({ kind: 'line', flat: null, blank, width: Number.POSITIVE_INFINITY });
export const hardLine = breaks(false);
export const blankLine = breaks(true);

/** Work that is left, the next on top: documents that are too wide for their line. */
interface Task {
  readonly doc: Doc;
  readonly indentation: number;
  /** Of a fill: the part to go on with, and whether the content before it stands on one line. */
  readonly at: number;
  readonly joined: boolean;
}

export function render(doc: Doc, limit: number, newline: string): string {
  return new Renderer(limit, newline).run(doc);
}

class Renderer {
  private readonly out: string[] = [];
  private readonly tasks: Task[] = [];
  private column = 0;
  /** Indentation that is owed to the next text of this line, so that empty lines get none. */
  private owed = 0;
  private atLineStart = true;
  private readonly limit: number;
  private readonly newline: string;

  constructor(limit: number, newline: string) {
    this.limit = limit;
    this.newline = newline;
  }

  run(doc: Doc): string {
    this.push(doc, 0);
    for (let task = this.tasks.pop(); task !== undefined; task = this.tasks.pop()) this.write(task);
    return this.out.join('');
  }

  private push(doc: Doc, indentation: number, at = 0, joined = false): void {
    this.tasks.push({ doc, indentation, at, joined });
  }

  private write(task: Task): void {
    const { doc, indentation } = task;
    if (typeof doc === 'string') {
      this.text(doc);
      return;
    }
    switch (doc.kind) {
      case 'concat':
        for (let i = doc.parts.length - 1; i >= 0; i--) this.push(doc.parts[i] ?? '', indentation);
        return;
      case 'indent':
        this.push(doc.content, indentation + 2);
        return;
      case 'group':
        if (this.fits(doc.width, true)) this.flat(doc.content);
        else this.push(doc.content, indentation);
        return;
      case 'line':
        this.breakLine(doc, indentation);
        return;
      case 'fill':
        this.fill(task, doc);
        return;
      case 'comment':
        // A line break follows: its width would not matter.
        this.text(doc.text);
        return;
      case 'verbatim':
        if (doc.indentation !== null && this.atLineStart) {
          this.out.push(doc.indentation);
          this.owed = 0;
        }
        this.text(doc.text);
        this.column = doc.text.length - doc.text.lastIndexOf('\n') - 1;
        return;
      case 'choice':
        this.choice(doc, indentation);
        return;
    }
  }

  /** On this line. What cannot be is infinitely wide, and never comes here. */
  private flat(doc: Doc): void {
    if (typeof doc === 'string') this.text(doc);
    else if (doc.kind === 'line') this.text(doc.flat ?? '');
    else if (doc.kind === 'concat' || doc.kind === 'fill') for (const part of doc.parts) this.flat(part);
    else if (doc.kind === 'group' || doc.kind === 'indent') this.flat(doc.content);
  }

  private text(text: string): void {
    if (text === '') return;
    this.atLineStart = false;
    if (this.owed > 0) {
      this.out.push(' '.repeat(this.owed));
      this.owed = 0;
    }
    this.out.push(text);
    this.column += text.length;
  }

  private breakLine({ blank }: Line, indentation: number): void {
    this.out.push(blank ? this.newline + this.newline : this.newline);
    this.owed = indentation;
    this.column = indentation;
    this.atLineStart = true;
  }

  private choice({ parts, otherwise }: Choice, indentation: number): void {
    if (Math.max(this.column, indentation) + Math.max(...parts.map(widthOf)) > this.limit) {
      this.push(otherwise, indentation);
      return;
    }
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.breakLine(hardLine, indentation);
      this.flat(part);
    }
  }

  private fill({ indentation, at, joined }: Task, doc: Fill): void {
    const { parts } = doc;
    const part = parts[at];
    if (part === undefined) return;
    const isContent = at % 2 === 0;
    const next = isContent ? '' : (parts[at + 1] ?? '');
    const isLast = (isContent ? at : at + 1) >= parts.length - 1;
    const fits = (isContent || joined) && this.fits(widthOf(part) + widthOf(next), isLast);
    if (at < parts.length - 1) this.push(doc, indentation, at + 1, fits);
    if (fits) this.flat(part);
    else this.push(part, indentation);
  }

  /** Whether so much fits on this line; at the end of its surroundings together with what follows up to the next possible break. */
  private fits(width: number, withRest: boolean): boolean {
    let left = this.limit - this.column - width;
    for (let i = this.tasks.length - 1; withRest && i >= 0 && left >= 0; i--) {
      const task = this.tasks[i];
      if (task === undefined) break;
      const rest = untilBreak(task.doc, task.at, left);
      left -= rest.width;
      if (rest.breaks) break;
    }
    return left >= 0;
  }
}

interface Rest {
  readonly width: number;
  readonly breaks: boolean;
}

/** Width of the beginning of a document up to where its line may end. Stops when it is wider than `room`. */
function untilBreak(doc: Doc, at: number, room: number): Rest {
  if (typeof doc === 'string') return { width: doc.length, breaks: false };
  switch (doc.kind) {
    case 'line':
      return { width: 0, breaks: true };
    case 'comment':
      return { width: 0, breaks: false };
    case 'verbatim': {
      const end = doc.text.indexOf('\n');
      return { width: end < 0 ? doc.text.length : end, breaks: end >= 0 };
    }
    case 'indent':
      return untilBreak(doc.content, 0, room);
    case 'group':
      if (!doc.yields && Number.isFinite(doc.width)) return { width: doc.width, breaks: false };
      return untilBreak(doc.content, 0, room);
    case 'choice':
      return { width: widthOf(doc.parts[0] ?? ''), breaks: true };
    case 'concat':
    case 'fill': {
      let width = 0;
      for (let i = at; i < doc.parts.length && width <= room; i++) {
        // A separator of a fill may break.
        if (doc.kind === 'fill' && i % 2 === 1) return { width, breaks: true };
        const rest = untilBreak(doc.parts[i] ?? '', 0, room - width);
        width += rest.width;
        if (rest.breaks) return { width, breaks: true };
      }
      return { width, breaks: false };
    }
  }
}
