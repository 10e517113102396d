/** The laws of formatting, and files to try them on. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { coverage } from '../../src/format/allowances.ts';
import { format } from '../../src/format/index.ts';
import { readTokens, type Token } from '../../src/format/tokens.ts';
import { parse } from '../../src/parser/index.ts';
import { Comma } from '../../src/parser/tokens.ts';
import type { SourceFile } from '../../src/parser/tree.ts';
import { shape, tour } from '../parser/support.ts';

const root = path.resolve(import.meta.dirname, '../..');
const specsIn = (folder: string): readonly string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.nrm') && !name.includes('node_modules'))
    .map((name) => path.join(root, folder, name))
    .toSorted();

/** Specs of the repository, by their paths. */
export const specs: readonly (readonly [name: string, text: string])[] = ['examples', 'bench']
  .flatMap(specsIn)
  .map((file) => [path.relative(root, file), readFileSync(file, 'utf8')]);

export const everything: readonly (readonly [name: string, text: string])[] = [...specs, ...tour];

/** Each declaration of them once. */
export const declarations: readonly (readonly [name: string, text: string])[] = [
  ...new Map(
    everything.flatMap(([name, text]) =>
      parse(text, name).tree.declarations.map((d): [string, string] => {
        const written = text.slice(d.span.start, d.span.end);
        return [written, `${name}: ${written.split('\n', 1)[0]}`];
      }),
    ),
  ),
].map(([text, name]) => [name, text]);

/**
 * Texts with the places of their tokens that are tried one by one: those between two tokens at each side of kinds that stood around none
 * before. Most of a spec is like what stands in others; to try each token of all would take minutes and find the same.
 */
export function withPlaces(
  texts: readonly (readonly [name: string, text: string])[],
): readonly (readonly [name: string, text: string, places: readonly number[]])[] {
  const seen = new Set<string>();
  return texts.flatMap(([name, text]) => {
    const kinds = tokensOf(text).map(({ type, text: word }) => type?.name ?? word);
    const places = [...kinds.keys()].filter((at) => {
      const around = kinds.slice(Math.max(0, at - 2), at + 3).join(' ');
      return !seen.has(around) && seen.add(around).size > 0;
    });
    return places.length === 0 ? [] : [[name, text, places] as const];
  });
}

export const formatted = (text: string): string => format(text, 'test.nrm').text;

export function fail(why: string, text: string): never {
  throw new Error(`${why}: ${JSON.stringify(text)}\nformatted:\n${formatted(text)}`);
}

/** Without white space, and without commas, of which the last ones of lists go. */
export const ink = (text: string): string => text.replace(/[\s\uFEFF,]+/g, '');

export const tokensOf = (text: string): readonly Token[] => readTokens(text, 'test.nrm').all;

/** Words, signs and comments in order, without commas. */
const words = (text: string): readonly string[] =>
  tokensOf(text).flatMap(({ type, text: word, leading, trailing }) => [
    ...leading.map((note) => note.text),
    ...(type === Comma ? [] : [word]),
    ...(trailing === null ? [] : [trailing]),
  ]);

/** On which side of a line break each comment is; null beside a comma, which comes right behind what it follows. */
const sides = (text: string): readonly (boolean | null)[] =>
  tokensOf(text).flatMap(({ leading, trailing, type }, index, all) => {
    const isComma = (at: number): boolean => all[at]?.type === Comma;
    const above = type === Comma || isComma(index - 1) ? null : true;
    const behind = type === Comma || isComma(index + 1) ? null : false;
    return [...leading.map(() => above), ...(trailing === null ? [] : [behind])];
  });

/** Laws of any text. Gives what it is formatted to. */
export function checkText(text: string): string {
  const result = formatted(text);
  if (ink(result) !== ink(text)) fail('something was lost', text);
  if (formatted(result) !== result) fail('not idempotent', text);
  return result;
}

/** A tree without places, and without what an allowance covers, which is one. */
const meaning = (tree: SourceFile): string =>
  JSON.stringify(shape({ ...tree, allowances: tree.allowances.map(({ covers: _, ...rest }) => rest) }));

/** Laws of a text without errors. */
export function checkSpec(text: string): void {
  const before = parse(text, 'test.nrm');
  if (before.diagnostics.length > 0) fail(`an error, ${before.diagnostics[0]?.message}`, text);
  const result = checkText(text);
  const after = parse(result, 'test.nrm');
  if (meaning(after.tree) !== meaning(before.tree)) fail('another tree', text);
  if (String(coverage(after.tree)) !== String(coverage(before.tree))) fail('something else is allowed', text);
  const [a, b] = [words(text), words(result)];
  const other = a.findIndex((word, index) => word !== b[index]);
  if (a.length !== b.length || other >= 0) fail(`a comment moved, ${a[other]} → ${b[other]}`, text);
  const now = sides(result);
  if (sides(text).some((side, index) => side !== null && now[index] === !side)) fail('a comment changed sides', text);
  // A line that an allowance is about can be kept.
  if (before.tree.allowances.length === 0 && /[ \t]\r?$/m.test(result)) fail('white space at the end of a line', text);
}
