/**
 * Structure → document: where lines may break. The rules are told in `docs/format.md`.
 *
 * Between any two tokens stands what `between` makes of it: a line break where there is a comment, else what the place asks for.
 */
import { Assign, Comma, Else, Import } from '../parser/tokens.ts';
import {
  blankLine,
  choice,
  comment,
  concat,
  type Doc,
  fill,
  group,
  hardLine,
  indent,
  line,
  verbatim,
} from './document.ts';
import { isOperator, isSpaced } from './spacing.ts';
import { type Block, type Bracket, type Child, firstOf, lastOf, type Part, type Piece } from './structure.ts';
import type { Token } from './tokens.ts';

export interface Source {
  readonly text: string;
  readonly tokens: readonly Token[];
}

export function layoutFile(source: Source, children: readonly Child[]): Doc {
  return new Layout(source).file(children);
}

const item = line('  ');
const space = line(' ');
const edge = line('');

class Layout {
  private readonly text: string;
  /** With the comments around commas moved to where they are written. */
  private readonly tokens: readonly Token[];

  constructor({ text, tokens }: Source) {
    this.text = text;
    this.tokens = tokens;
  }

  // ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  file(children: readonly Child[]): Doc {
    const parts: Doc[] = [];
    let before: Child | null = null;
    for (const child of children) {
      if (before === null) parts.push(this.notesBefore(child.first, true));
      else parts.push(this.between(before.last, child.first, this.betweenDeclarations(before, child)));
      parts.push(this.child(child));
      before = child;
    }
    const end = this.tokens.length - 1;
    if (before === null) return this.notesBefore(end, false);
    const isKept = before.kind === 'kept' && this.newlinesBefore(end) < 2;
    return concat(...parts, this.between(before.last, end, isKept ? hardLine : blankLine, false), hardLine);
  }

  /** One blank line, but imports may stand together, and what has an error stays as it is. */
  private betweenDeclarations(before: Child, child: Child): Doc {
    const isImport = (c: Child): boolean => c.kind === 'item' && this.token(c.first).type === Import;
    const asWritten = (isImport(before) && isImport(child)) || before.kind === 'kept' || child.kind === 'kept';
    return asWritten && this.newlinesBefore(child.first) < 2 ? hardLine : blankLine;
  }

  // ── tokens and comments ────────────────────────────────────────────────────────────────────────────────────────────

  private token(at: number): Token {
    const token = this.tokens[at];
    if (token === undefined) throw new RangeError('no token there');
    return token;
  }

  private newlinesBefore(at: number): number {
    const { leading, newlines } = this.token(at);
    return leading[0]?.newlines ?? newlines;
  }

  /** The comments on lines of their own before a token, each with the line break behind it. */
  private notesBefore(at: number, keepBlank: boolean): Doc {
    const { leading, newlines } = this.token(at);
    const behind = (index: number): Doc =>
      (leading[index + 1]?.newlines ?? (keepBlank ? newlines : 0)) > 1 ? blankLine : hardLine;
    return concat(...leading.flatMap((note, index) => [note.text, behind(index)]));
  }

  /** Between token `a` and token `b`: comments, with line breaks; without any, `plain`. `last`: a line break ends them. */
  private between(a: number, b: number, plain: Doc, last = true): Doc {
    const { leading, newlines } = this.token(b);
    const { trailing } = this.token(a);
    if (trailing === null && leading.length === 0) return last ? plain : '';
    const first = plain === blankLine ? blankLine : hardLine;
    const parts: Doc[] = trailing === null ? [] : [comment(`  ${trailing}`)];
    for (const [index, note] of leading.entries())
      parts.push(index === 0 ? first : note.newlines > 1 ? blankLine : hardLine, note.text);
    if (last) parts.push(leading.length === 0 ? first : newlines > 1 ? blankLine : hardLine);
    return concat(...parts);
  }

  /** Between the last token of a group and its closing bracket: comments stand in the group, the bracket behind it. */
  private closing(
    a: number,
    close: number,
    plain: Doc,
    opens = false,
  ): { readonly inside: Doc; readonly outside: Doc } {
    const { leading } = this.token(close);
    if (this.token(a).trailing === null && leading.length === 0) return { inside: '', outside: plain };
    const isParted = !opens && (leading[0]?.newlines ?? 0) > 1;
    return { inside: this.between(a, close, isParted ? blankLine : hardLine, false), outside: hardLine };
  }

  // ── blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  private child(child: Child): Doc {
    switch (child.kind) {
      case 'kept':
        return this.kept(child.first, child.last);
      case 'path': {
        const [first] = child.children;
        const bar = this.token(child.first).text;
        if (first === undefined) return bar;
        return concat(bar, indent(concat(this.between(child.first, first.first, ' '), this.run(child.children))));
      }
      case 'item':
        return this.item(child);
    }
  }

  private kept(first: number, last: number): Doc {
    const { start } = this.token(first);
    const text = this.text.slice(start, this.token(last).end);
    const lineStart = this.text.lastIndexOf('\n', start - 1) + 1;
    const before = this.text.slice(lineStart, start);
    // Lines stay below each other.
    return verbatim(text, text.includes('\n') && /^[ \t]*$/.test(before) ? before : null);
  }

  /** Items as they stand on lines: a line break stays one, and on one line they stay together where they fit. */
  private run(children: readonly Child[]): Doc {
    const parts: Doc[] = [];
    for (const [index, child] of children.entries()) {
      const before = children[index - 1];
      if (before !== undefined) {
        const newlines = this.newlinesBefore(child.first);
        const written = newlines > 1 ? blankLine : newlines === 1 ? hardLine : item;
        parts.push(this.between(before.last, child.first, written));
      }
      parts.push(this.child(child));
    }
    return fill(parts);
  }

  /** Paths of a join: each on a line of its own when the join has several. */
  private paths(children: readonly Child[]): Doc {
    const parts: Doc[] = [];
    for (const [index, child] of children.entries()) {
      const before = children[index - 1];
      if (before !== undefined) {
        const blank = this.newlinesBefore(child.first) > 1;
        parts.push(this.between(before.last, child.first, blank ? blankLine : space));
      }
      parts.push(this.child(child));
    }
    return concat(...parts);
  }

  private block({ open, children, close }: Block): Doc {
    const [first] = children;
    const last = children.at(-1);
    if (first === undefined || last === undefined) {
      const { inside, outside } = this.closing(open, close, '', true);
      return concat('{', indent(inside), outside, '}');
    }
    const plain = this.isWrittenOpen({ kind: 'block', open, children, close }) ? hardLine : space;
    const content = children.some((c) => c.kind === 'path') ? this.paths(children) : this.run(children);
    const { inside, outside } = this.closing(last.last, close, plain);
    return concat('{', indent(concat(this.between(open, first.first, plain), content, inside)), outside, '}');
  }

  private isWrittenOpen({ children, close }: Block): boolean {
    return (
      children.length > 0 && (this.token(close).newlines > 0 || children.some((c) => this.newlinesBefore(c.first) > 0))
    );
  }

  // ── items ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** All blocks of an item (`if … { … } else { … }`) are open, or none; or each `else` begins a line, where it was written so. */
  private item({ parts }: Piece): Doc {
    const joined: Doc[] = [];
    const rungs: Doc[] = [];
    let isLadder = parts.every((part) => part.kind !== 'block' || !this.isWrittenOpen(part));
    let before: Part | undefined;
    for (const segment of segmentsOf(parts)) {
      const doc = this.segment(segment);
      const [head] = segment;
      if (before === undefined || head === undefined) {
        rungs.push(doc);
        joined.push(doc);
      } else {
        const [a, b] = [lastOf(before), firstOf(head)];
        const isElse = this.token(b).type === Else;
        const plain = this.between(a, b, this.isTight(b) ? '' : ' ');
        const between = isElse ? plain : indent(plain);
        joined.push(between, doc);
        if (isElse) {
          isLadder &&= this.newlinesBefore(b) > 0 && this.token(b).leading.length === 0;
          isLadder &&= this.token(a).trailing === null;
          rungs.push(doc);
        } else rungs.push(concat(rungs.pop() ?? '', between, doc));
      }
      before = segment.at(-1);
    }
    const together = group(concat(...joined), true);
    return isLadder && rungs.length > 1 ? choice(rungs, together) : together;
  }

  private isTight(at: number): boolean {
    return !isSpaced(this.tokens, at);
  }

  /** Words and brackets up to a block, and the block. */
  private segment(parts: readonly Part[]): Doc {
    const last = parts.at(-1);
    if (last?.kind !== 'block') return this.inline(parts);
    const head = parts.slice(0, -1);
    const before = head.at(-1);
    if (before === undefined) return this.block(last);
    return concat(this.inline(head), indent(this.between(lastOf(before), last.open, ' ')), this.block(last));
  }

  /** On one line; a long one may break before operators, after commas and after `=`. */
  private inline(parts: readonly Part[]): Doc {
    const sign = parts.findIndex((p) => p.kind === 'token' && this.token(p.at).type === Assign);
    const [left, right] = [parts.slice(0, sign + 1), parts.slice(sign + 1)];
    const [first, second] = right;
    const before = left.at(-1);
    if (first === undefined || before === undefined) return this.operands(parts);
    const between = (plain: Doc): Doc => this.between(lastOf(before), firstOf(first), plain);
    // A single call stays on the line and opens there; anything else is indented as a whole.
    if (right.length === 2 && first.kind === 'token' && second?.kind === 'bracket') {
      const name = concat(this.token(first.at).text, indent(this.between(first.at, second.open, '')));
      return concat(this.operands(left), between(' '), name, this.bracket(second, true));
    }
    return concat(this.operands(left), group(indent(concat(between(space), this.operands(right)))));
  }

  /** What stands at one side of `=`. */
  private operands(parts: readonly Part[]): Doc {
    const pieces: Doc[] = [];
    let current: Doc[] = [];
    for (const [index, part] of parts.entries()) {
      const before = parts[index - 1];
      if (before !== undefined) {
        const [a, b] = [lastOf(before), firstOf(part)];
        const type = before.kind === 'token' ? this.token(before.at).type : null;
        if (type === Comma || (part.kind === 'token' && isOperator(this.tokens, part.at))) {
          pieces.push(concat(...current), indent(this.between(a, b, space)));
          current = [];
        } else current.push(indent(this.between(a, b, this.isTight(b) ? '' : ' ')));
      }
      current.push(part.kind === 'token' ? this.token(part.at).text : this.part(part));
    }
    return pieces.length === 0 ? concat(...current) : fill([...pieces, concat(...current)]);
  }

  private part(part: Bracket | Block): Doc {
    return part.kind === 'bracket' ? this.bracket(part) : this.block(part);
  }

  /** Elements on one line, or each on its own; a list of plain values is filled up line by line. `yields`: it may open for what is before it. */
  private bracket({ open, elements, close }: Bracket, yields = false): Doc {
    const [left, right] = [this.token(open).text, this.token(close).text];
    const plain = left === '{' ? space : edge;
    const [head] = elements[0] ?? [];
    const tail = elements.at(-1)?.at(-1);
    if (head === undefined || tail === undefined) {
      const { inside, outside } = this.closing(open, close, '', true);
      return group(concat(left, indent(inside), outside, right));
    }
    const parts: Doc[] = [];
    for (const [index, element] of elements.entries()) {
      const before = elements[index - 1]?.at(-1);
      const [first] = element;
      if (before !== undefined && first !== undefined)
        // The comma is the token behind the element before.
        parts.push(this.between(lastOf(before) + 1, firstOf(first), space));
      const doc = this.inline(element);
      parts.push(index < elements.length - 1 ? concat(doc, ',') : doc);
    }
    const isPlain = left === '[' && elements.every((e) => e.length === 1 && e[0]?.kind === 'token');
    const content = isPlain ? fill(parts) : concat(...parts);
    const { inside, outside } = this.closing(lastOf(tail), close, plain);
    return group(
      concat(left, indent(concat(this.between(open, firstOf(head), plain), content, inside)), outside, right),
      yields,
    );
  }
}

/** Split behind each block: `if a { … }`, `else { … } as x`. What follows the last block stays with it. */
function segmentsOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  const segments: Part[][] = [[]];
  for (const part of parts) {
    segments.at(-1)?.push(part);
    if (part.kind === 'block') segments.push([]);
  }
  return segments.filter((segment) => segment.length > 0);
}
