/**
 * Tokens + tree → what the layout is made from: items in blocks, brackets, and regions that stay as they are. Tokens are meant by
 * their index in the list of all tokens, so every one of them is in the structure once.
 */
import {
  AnyName,
  Comma,
  Fields,
  Import,
  LBrace,
  LBracket,
  LParen,
  Over,
  RBrace,
  RBracket,
  RParen,
} from '../parser/tokens.ts';
import type { Places } from './places.ts';
import type { Token } from './tokens.ts';

export type Part = Single | Bracket | Block;

export interface Single {
  readonly kind: 'token';
  readonly at: number;
}

/** `( … )`, `[ … ]`, and the braces of an import: elements between commas. */
export interface Bracket {
  readonly kind: 'bracket';
  readonly open: number;
  readonly elements: readonly (readonly Part[])[];
  readonly close: number;
}

export interface Block {
  readonly kind: 'block';
  readonly open: number;
  readonly children: readonly Child[];
  readonly close: number;
}

export type Child = Piece | Path | Kept;

/** A declaration, a step, a setting, a rule, … */
export interface Piece {
  readonly kind: 'item';
  readonly parts: readonly Part[];
  readonly first: number;
  readonly last: number;
}

/** `| … ` of a join. */
export interface Path {
  readonly kind: 'path';
  readonly children: readonly Child[];
  readonly first: number;
  readonly last: number;
}

/** A region with an error, which stays as it is. */
interface Kept {
  readonly kind: 'kept';
  readonly first: number;
  readonly last: number;
}

export const firstOf = (part: Part): number => (part.kind === 'token' ? part.at : part.open);
export const lastOf = (part: Part): number => (part.kind === 'token' ? part.at : part.close);

/** The end of the item that begins with a token. */
type EndOf = (at: number) => number | undefined;

/** The whole file. `wrong` are the tokens at errors: the smallest item around one is kept. */
export function structureOf(tokens: readonly Token[], places: Places, wrong: ReadonlySet<number>): readonly Child[] {
  return new Builder(tokens, places, wrong).file();
}

class Builder {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly places: Places;
  private readonly wrong: ReadonlySet<number>;
  /** The closing brackets of opening ones. */
  private readonly partners: ReadonlyMap<number, number>;

  constructor(tokens: readonly Token[], places: Places, wrong: ReadonlySet<number>) {
    this.tokens = tokens;
    this.places = places;
    this.wrong = wrong;
    this.partners = partnersIn(tokens, places.declarations);
  }

  file(): readonly Child[] {
    return this.run(this.tokens.length - 1, this.declarationEnd);
  }

  private token(at: number): Token {
    const token = this.tokens[at];
    if (token === undefined) throw new RangeError('no token there');
    return token;
  }

  /** The children that stand before token `end`. */
  private run(end: number, endOf: EndOf): readonly Child[] {
    const children: Child[] = [];
    while (this.at < end) children.push(this.child(end, endOf));
    return children.some((child) => child.kind === 'kept') ? this.widened(children) : children;
  }

  private child(end: number, endOf: EndOf): Child {
    const first = this.at;
    const path = this.places.paths.get(this.token(first).start);
    const stop = path ?? endOf(first);
    if (stop === undefined) {
      this.at++;
      return { kind: 'kept', first, last: first };
    }
    let after = first + 1;
    while (after < end && this.token(after).start < stop) after++;
    const last = after - 1;
    const isImport = endOf === this.declarationEnd && this.token(first).type === Import;
    const child = this.wrong.has(first)
      ? null
      : path === undefined
        ? this.piece(first, after, isImport)
        : this.path(first, after);
    this.at = after;
    return child ?? { kind: 'kept', first, last };
  }

  private readonly declarationEnd = (at: number): number | undefined =>
    this.places.declarations.get(this.token(at).start);

  private readonly itemEnd = (at: number): number | undefined => {
    const { type, start } = this.token(at);
    const end = this.places.items.get(start);
    if (end !== undefined || (type !== Fields && type !== Over)) return end;
    // `fields { … }` and `over { … }` are no items of the tree.
    const close = this.tokens[at + 1]?.type === LBrace ? this.partners.get(at + 1) : undefined;
    return close === undefined ? undefined : this.token(close).end;
  };

  /** Null when it has an error that is in no smaller item. */
  private piece(first: number, end: number, isImport: boolean): Piece | null {
    this.at = first;
    const parts = this.parts(end, isImport);
    return parts === null || this.at !== end ? null : { kind: 'item', parts, first, last: end - 1 };
  }

  private path(first: number, end: number): Path | null {
    this.at = first + 1;
    const children = this.run(end, this.itemEnd);
    return this.at === end ? { kind: 'path', children, first, last: end - 1 } : null;
  }

  private parts(end: number, isImport: boolean): readonly Part[] | null {
    const parts: Part[] = [];
    while (this.at < end) {
      const { type } = this.token(this.at);
      if (isCloser(type)) break;
      const part = this.part(end, isImport);
      if (part === null) return null;
      parts.push(part);
    }
    return parts;
  }

  private part(end: number, isImport: boolean): Part | null {
    const at = this.at;
    const { type } = this.token(at);
    if (type === null || this.wrong.has(at)) return null;
    if (type === LParen) return this.bracket(end, RParen);
    if (type === LBracket) return this.bracket(end, RBracket);
    if (type === LBrace) return isImport ? this.bracket(end, RBrace) : this.block(end);
    this.at++;
    return { kind: 'token', at };
  }

  private bracket(end: number, closer: Token['type']): Bracket | null {
    const open = this.at++;
    const elements: (readonly Part[])[] = [];
    let element: Part[] = [];
    while (this.at < end) {
      const close = this.at;
      const { type } = this.token(close);
      if (isCloser(type)) {
        if (type !== closer || this.wrong.has(close)) return null;
        if (element.length > 0) elements.push(element);
        this.at++;
        return { kind: 'bracket', open, elements, close };
      }
      if (type === Comma && !this.wrong.has(close)) {
        // Nothing between two commas is an error, though perhaps one that was not reported.
        if (element.length === 0) return null;
        elements.push(element);
        element = [];
        this.at++;
        continue;
      }
      const part = this.part(end, false);
      if (part === null) return null;
      element.push(part);
    }
    return null;
  }

  private block(end: number): Block | null {
    const open = this.at++;
    const close = this.partners.get(open);
    if (close === undefined || close >= end || this.wrong.has(close)) return null;
    const children = this.run(close, this.itemEnd);
    this.at = close + 1;
    return { kind: 'block', open, children, close };
  }

  /** Kept regions together with each other, and with what stands on the same line. */
  private widened(children: readonly Child[]): readonly Child[] {
    const result: Child[] = [];
    for (const child of children) {
      const before = result.at(-1);
      const { newlines, leading } = this.token(child.first);
      const onSameLine = newlines === 0 && leading.length === 0;
      const joins =
        before !== undefined &&
        ((before.kind === 'kept' && child.kind === 'kept') ||
          (onSameLine && (before.kind === 'kept' || child.kind === 'kept')));
      if (!joins) {
        result.push(child);
        continue;
      }
      let first = before.first;
      result.pop();
      // Then what is on the line of the one before is kept too.
      for (let more = result.at(-1); more !== undefined; more = result.at(-1)) {
        const start = this.token(first);
        if (start.newlines > 0 || start.leading.length > 0) break;
        first = more.first;
        result.pop();
      }
      result.push({ kind: 'kept', first, last: child.last });
    }
    return result;
  }
}

const isOpener = (type: Token['type']): boolean => type === LParen || type === LBracket || type === LBrace;
const isCloser = (type: Token['type']): boolean => type === RParen || type === RBracket || type === RBrace;

/** Declaration by declaration, so that a bracket which is missing in one does not shift those of the next. */
function partnersIn(tokens: readonly Token[], declarations: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const partners = new Map<number, number>();
  let open: number[] = [];
  let isLost = false;
  for (const [at, { type, start }] of tokens.entries()) {
    if (declarations.has(start)) {
      open = [];
      isLost = false;
    }
    if (isOpener(type)) open.push(at);
    else if (isCloser(type) && !isLost) {
      const opener = open.pop();
      if (opener !== undefined && closers.get(tokens[opener]?.type ?? null) === type) partners.set(opener, at);
      // After a bracket of the wrong kind it is anybody's guess what belongs together.
      else isLost = true;
    }
  }
  return partners;
}

const closers: ReadonlyMap<Token['type'], Token['type']> = new Map([
  [LParen, RParen],
  [LBracket, RBracket],
  [LBrace, RBrace],
]);

/** Whether a token is a word, keywords included. */
export const isWord = (type: Token['type']): boolean =>
  type !== null && (type === AnyName || AnyName.categoryMatchesMap?.[type.tokenTypeIdx ?? -1] === true);
