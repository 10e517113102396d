/**
 * Text → the same text as everybody lays it out. The tree, the comments and their order stay; only white space changes, and commas
 * before a closing bracket go.
 *
 *   text ─parse─▶ tree ─placesOf─▶ items ─┐
 *   text ─lexer─▶ tokens with comments ───┴─structureOf─▶ structure ─layoutFile─▶ document ─render─▶ text
 *
 * What has a syntax error is kept as it is, and the rest is laid out around it.
 */
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Parsed, parse } from '../parser/index.ts';
import { Comma } from '../parser/tokens.ts';
import { coverage, coveredTokens } from './allowances.ts';
import { settleCommas } from './commas.ts';
import { render } from './document.ts';
import { layoutFile } from './layout.ts';
import { placesOf } from './places.ts';
import { type Child, type Part, structureOf } from './structure.ts';
import { readTokens, type Token, type Tokens } from './tokens.ts';
import { wrongTokens } from './wrong.ts';

export interface Formatted {
  readonly text: string;
  /** Syntax errors of the text that was given. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Columns of a line, without a comment at its end. */
export const lineWidth = 100;

/** Never throws, whatever the text. */
export function format(text: string, file: string): Formatted {
  const parsed = parse(text, file);
  return { text: formatParsed(text, file, parsed), diagnostics: parsed.diagnostics };
}

function formatParsed(text: string, file: string, parsed: Parsed): string {
  // A carriage return by itself ends a comment, but is no line break anywhere else.
  if (/\r(?!\n)/.test(text)) return text;
  const read: Read = { text, parsed, tokens: readTokens(text, file) };
  if (!isWrong(read)) return layOutAllowed(read, file);
  // So many errors that not all of the file was read.
  if (parsed.diagnostics.some((d) => d.code === syntax.tooMany.code)) return text;
  // What is kept is as small as it can be; if that is not safe, declarations are.
  for (const coarse of [false, true]) {
    const result = layOut(read, wrongIn(read, coarse));
    if (result === text || isSafe(read, result, file)) return result;
  }
  return text;
}

interface Read {
  readonly text: string;
  readonly parsed: Parsed;
  readonly tokens: Tokens;
}

const errorsOf = ({ parsed }: Read): readonly Diagnostic[] => parsed.diagnostics.filter((d) => d.severity === 'error');
const isWrong = (read: Read): boolean => read.tokens.hasJunk || errorsOf(read).length > 0;
const wrongIn = (read: Read, coarse: boolean): ReadonlySet<number> =>
  wrongTokens(read.tokens.all, read.parsed.tree, errorsOf(read), coarse);

function layOut({ text, parsed, tokens }: Read, wrong: ReadonlySet<number>): string {
  const structure = structureOf(tokens.all, placesOf(parsed.tree), wrong);
  const kept = keptTokens(structure);
  const settled = settleCommas(tokens.all, (at) => kept.has(at));
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  return mark + render(layoutFile({ text, tokens: settled }, structure), lineWidth, newline);
}

/** What an allowance covers goes by lines: those stay as they are, where it would cover less or more otherwise. */
function layOutAllowed(read: Read, file: string): string {
  const result = withKeptLines(read, file);
  if (result.isPlain) return result.text;
  const again = { text: result.text, parsed: parse(result.text, file), tokens: readTokens(result.text, file) };
  const isStable = sameCoverage(read.parsed, again.parsed) && withKeptLines(again, file).text === result.text;
  return isStable ? result.text : read.text;
}

function withKeptLines(read: Read, file: string): { readonly text: string; readonly isPlain: boolean } {
  const { allowances } = read.parsed.tree;
  const text = layOut(read, new Set());
  if (allowances.length === 0) return { text, isPlain: true };
  const [before, after] = [coverage(read.parsed.tree), coverage(parse(text, file).tree)];
  const changed = allowances.filter((_, index) => before[index] !== after[index]);
  if (changed.length === 0) return { text, isPlain: true };
  return { text: layOut(read, coveredTokens(read.tokens.all, changed)), isPlain: false };
}

const sameCoverage = (a: Parsed, b: Parsed): boolean => String(coverage(a.tree)) === String(coverage(b.tree));

function keptTokens(children: readonly Child[]): ReadonlySet<number> {
  const kept = new Set<number>();
  const parts = (list: readonly Part[]): void => {
    for (const part of list) if (part.kind === 'block') visit(part.children);
  };
  const visit = (list: readonly Child[]): void => {
    for (const child of list) {
      if (child.kind === 'item') parts(child.parts);
      else if (child.kind === 'path') visit(child.children);
      else for (let at = child.first; at <= child.last; at++) kept.add(at);
    }
  };
  visit(children);
  return kept;
}

/** How the parser reads on after errors can depend on line breaks: nothing may be lost, reported otherwise or changed once more. */
function isSafe(before: Read, text: string, file: string): boolean {
  const read: Read = { text, parsed: parse(text, file), tokens: readTokens(text, file) };
  return (
    sameList(written(before.tokens.all), written(read.tokens.all)) &&
    sameList(codes(before), codes(read)) &&
    layOut(read, wrongIn(read, false)) === text
  );
}

const codes = ({ parsed }: Read): readonly string[] => parsed.diagnostics.map((d) => d.code);

/** All that is written but commas, of which the last ones go. */
const written = (tokens: readonly Token[]): readonly string[] =>
  tokens.flatMap(({ leading, type, text, trailing }) => [
    ...leading.map((note) => note.text),
    ...(type === Comma ? [] : [text]),
    ...(trailing === null ? [] : [trailing]),
  ]);

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);
