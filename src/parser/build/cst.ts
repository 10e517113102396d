/** Reading Chevrotain's syntax tree, which the typed tree is built from: by rule and token names, with places. */
import type { CstElement, CstNode, IToken } from 'chevrotain';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Name } from '../tree.ts';

/** What building needs besides the nodes. */
export interface Source {
  readonly file: string;
  readonly length: number;
  readonly report: Report;
  /** Levels of the tree, so far, that no bracket stands for: operators, prefixes and `else if`. Counted while building. */
  unbracketed: number;
}

const isNode = (element: CstElement): element is CstNode => 'children' in element;

export const nodes = (parent: CstNode, rule: string): readonly CstNode[] =>
  (parent.children[rule] ?? []).filter(isNode);
export const node = (parent: CstNode, rule: string): CstNode | undefined => nodes(parent, rule)[0];

export const tokens = (parent: CstNode, type: string): readonly IToken[] =>
  (parent.children[type] ?? []).filter((element): element is IToken => !isNode(element));
export const token = (parent: CstNode, type: string): IToken | undefined => tokens(parent, type)[0];

/** All words of a node in the order in which they stand. */
export const words = (parent: CstNode): readonly IToken[] =>
  [...tokens(parent, 'Identifier'), ...tokens(parent, 'AnyName')].sort((a, b) => a.startOffset - b.startOffset);

/** Tokens that recovery made up stand nowhere: they get the place `fallback`, empty. */
export function tokenSpan(source: Source, at: IToken, fallback: Span): Span {
  const { startOffset: start } = at;
  return start >= 0 ? { file: source.file, start, end: start + at.image.length } : emptySpan(fallback);
}

const emptySpan = ({ file, start }: Span): Span => ({ file, start, end: start });

/** From the first to the last token of a node; nothing at `fallback` when it has none. */
export function nodeSpan(source: Source, at: CstNode, fallback: Span): Span {
  const { startOffset: start = -1, endOffset: last = -1 } = at.location ?? {};
  if (!(start >= 0)) return emptySpan(fallback);
  return { file: source.file, start, end: Math.min(source.length, Math.max(start, last + 1)) };
}

/** A name; empty, and reported before, when it is missing. */
export function nameOf(source: Source, word: IToken | undefined, fallback: Span): Name {
  return word === undefined
    ? { text: '', span: emptySpan(fallback) }
    : { text: word.image, span: tokenSpan(source, word, fallback) };
}
