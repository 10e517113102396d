/** Text of `nrmc.json` → settings. Whatever is wrong is said with its place; what is right is kept. */
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { config as errors } from '../diagnostics/catalog/config.ts';
import { definitions } from '../diagnostics/catalog/index.ts';
import { settable } from '../diagnostics/catalog/settable.ts';
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { type Config, configKeys, defaultConfig, type Level, levels } from './config.ts';

interface ReadConfig {
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
}

export function readConfig(text: string, file: string): ReadConfig {
  const found: Diagnostic[] = [];
  const report = (d: Diagnostic): void => {
    found.push(d);
  };
  const spanOf = ({ offset, length }: { readonly offset: number; readonly length: number }): Span => ({
    file,
    start: offset,
    end: offset + length,
  });
  if (isTooDeep(text)) {
    report(
      errors.notJson.at({ file, start: 0, end: text.length }, { problem: 'its brackets stand too deep in each other' }),
    );
    return { config: defaultConfig, diagnostics: found };
  }
  const problems: ParseError[] = [];
  const tree = parseTree(text, problems, { disallowComments: true });
  const lints = new Map<string, Level>();
  const imports: Config['imports'][number][] = [];
  const done = (): ReadConfig => ({ config: { lints, imports }, diagnostics: found.toSorted(byPlace) });

  const [problem] = problems;
  if (problem !== undefined) {
    report(errors.notJson.at(spanOf(problem), { problem: describeProblem(problem) }));
    return done();
  }
  const entries = entriesOf(tree, 'nrmc.json', 'an object: `{ "lints": { … } }`');
  for (const { key, keyNode, value } of entries) {
    if (key === 'lints') for (const entry of entriesOf(value, key, 'an object of codes and levels')) readLint(entry);
    else if (key === 'imports') readImports(value);
    else if (key === '$schema') readText(value, key, 'the path of a schema');
    else report(errors.unknownKey.at(spanOf(keyNode), { key, known: configKeys, nearest: nearest(key, configKeys) }));
  }
  return done();

  function readLint({ key: code, keyNode, value }: Entry): void {
    const known = settable.map((d) => d.code);
    if (!known.includes(code)) {
      const error = definitions.some((d) => d.code === code);
      report(errors.notSettable.at(spanOf(keyNode), { code, error, nearest: error ? null : nearest(code, known) }));
      return;
    }
    const level = levels.find((l) => l === value?.value);
    if (level !== undefined) lints.set(code, level);
    else refuse(value, code, listOfLevels, typeof value?.value === 'string' ? nearestLevel(value.value) : null);
  }

  function readImports(value: Node | undefined): void {
    const accepts = 'a list of folders: `["../common"]`';
    if (value?.type !== 'array') refuse(value, 'imports', accepts, null);
    else
      for (const item of value.children ?? []) {
        const folder = readText(item, 'imports', accepts);
        if (folder !== null) imports.push({ folder, span: spanOf(item) });
      }
  }

  function readText(value: Node | undefined, key: string, accepts: string): string | null {
    if (value?.type === 'string' && typeof value.value === 'string' && value.value !== '') return value.value;
    refuse(value, key, accepts, null);
    return null;
  }

  function refuse(value: Node | undefined, key: string, accepts: string, near: string | null): void {
    const span = value === undefined ? { file, start: 0, end: text.length } : spanOf(value);
    report(errors.badValue.at(span, { key, accepts, found: describe(value), nearest: near }));
  }

  /** The entries of an object, each key once. */
  function entriesOf(value: Node | undefined, what: string, accepts: string): readonly Entry[] {
    if (value?.type !== 'object') {
      refuse(value, what, accepts, null);
      return [];
    }
    const first = new Map<string, Node>();
    return (value.children ?? []).flatMap(({ children: [keyNode, entry] = [] }): Entry[] => {
      if (keyNode === undefined) return [];
      const key = String(keyNode.value);
      const before = first.get(key);
      if (before !== undefined) {
        report(errors.duplicateKey.at(spanOf(keyNode), { key }, { places: { first: spanOf(before) } }));
        return [];
      }
      first.set(key, keyNode);
      return [{ key, keyNode, value: entry }];
    });
  }
}

const byPlace = (a: Diagnostic, b: Diagnostic): number =>
  (a.labels[0]?.span.start ?? 0) - (b.labels[0]?.span.start ?? 0);

interface Entry {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: Node | undefined;
}

/** `warn` is short for `warning`, and too far from it for a slip of the pen. */
const nearestLevel = (written: string): Level | null => {
  const lower = written.toLowerCase();
  return (
    (lower === '' ? undefined : levels.find((l) => l.startsWith(lower))) ??
    levels.find((l) => l === nearest(lower, levels)) ??
    null
  );
};

/** The parser calls itself for each bracket; settings need two or three. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
    if (depth > 100) return true;
  }
  return false;
}

const listOfLevels = levels
  .map((l) => `"${l}"`)
  .join(', ')
  .replace(/, ("[^"]*")$/, ' or $1');

function describe(value: Node | undefined): string {
  if (value === undefined) return 'nothing';
  if (value.type === 'object') return 'an object';
  if (value.type === 'array') return 'a list';
  return `\`${JSON.stringify(value.value)}\``;
}

const problems: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word that is no JSON',
  InvalidNumberFormat: 'a number that is none',
  PropertyNameExpected: 'a name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a `:` is expected',
  CommaExpected: 'a `,` is expected',
  CloseBraceExpected: 'a `}` is expected',
  CloseBracketExpected: 'a `]` is expected',
  EndOfFileExpected: 'it goes on behind its end',
  InvalidCommentToken: 'a comment',
  UnexpectedEndOfComment: 'a comment',
  UnexpectedEndOfString: 'a string that does not end',
};

const describeProblem = ({ error }: ParseError): string =>
  problems[printParseErrorCode(error)] ?? 'something that is no JSON';
