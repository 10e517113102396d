import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar, type StateStack } from 'vscode-textmate';

export const root = path.resolve(import.meta.dirname, '../..');
export const extension = path.join(root, 'editors/vscode');
export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Every spec of the repository that is right, by its path. */
export const specs: readonly (readonly [file: string, text: string])[] = [
  'examples',
  'library',
  'bench',
  'test/parser/tour',
  'test/check/golden',
].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.nrm'))
    .sort()
    .map((file): [string, string] => [`${folder}/${file}`, read(`${folder}/${file}`)]),
);

const engine = (async () => {
  const { buffer } = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(buffer);
  return {
    createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text: string) => new oniguruma.OnigString(text),
  };
})();

/** As an editor loads it: grammars by their scope, injections included. */
export async function loadGrammar(
  scope: string,
  files: Readonly<Record<string, string>>,
  injections: readonly string[] = [],
): Promise<IGrammar> {
  const registry = new textmate.Registry({
    onigLib: engine,
    loadGrammar: async (name) => {
      const file = files[name];
      if (file === undefined) return null;
      return textmate.parseRawGrammar(existsSync(file) ? readFileSync(file, 'utf8') : file, `${name}.json`);
    },
    getInjections: (name) => (name === scope ? [...injections] : undefined),
  });
  const grammar = await registry.loadGrammar(scope);
  if (grammar === null) throw new Error(`no grammar for ${scope}`);
  return grammar;
}

export const grammarFile = path.join(root, 'grammar/nrm.tmLanguage.json');
export const nrm = await loadGrammar('source.nrm', { 'source.nrm': grammarFile });

/** A piece of text with its scopes, from outermost to innermost, without the language's own name. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly scopes: readonly string[];
}

export interface Coloured {
  readonly lines: readonly (readonly Piece[])[];
  /** All pieces; their places count from the beginning of the text. */
  readonly pieces: readonly Piece[];
  /** How deep in rules each line ends; a file that is whole ends at 1. */
  readonly depths: readonly number[];
}

export function colour(text: string, grammar: IGrammar = nrm): Coloured {
  const lines: Piece[][] = [];
  const depths: number[] = [];
  let state: StateStack | null = null;
  let offset = 0;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    const place = offset;
    lines.push(
      tokens
        .map(({ startIndex, endIndex, scopes }) => ({
          start: place + startIndex,
          end: place + Math.min(endIndex, line.length),
          text: line.slice(startIndex, endIndex),
          scopes: scopes.slice(1).map((scope) => scope.replace(/\.nrm$/, '')),
        }))
        .filter((piece) => piece.start < piece.end),
    );
    depths.push(ruleStack.depth);
    state = ruleStack;
    offset += line.length + 1;
  }
  return { lines, pieces: lines.flat(), depths };
}

/** Each line with the innermost scopes of its pieces below it; neighbours of one scope are one. */
export function readable(text: string): string {
  const { lines } = colour(text);
  return text
    .split('\n')
    .map((line, index) => {
      const parts: { text: string; scope: string }[] = [];
      for (const piece of lines[index] ?? []) {
        if (piece.text.trim() === '') continue;
        const scope = piece.scopes.findLast((s) => !/^(?:meta|punctuation)\./.test(s)) ?? '';
        if (scope === '') continue;
        const last = parts.at(-1);
        if (last?.scope === scope) last.text += ` ${piece.text.trim()}`;
        else parts.push({ text: piece.text.trim(), scope });
      }
      const width = Math.max(...parts.map((part) => part.text.length), 0);
      return [`> ${line}`, ...parts.map((part) => `    ${part.text.padEnd(Math.min(width, 32))}  ${part.scope}`)].join(
        '\n',
      );
    })
    .join('\n');
}
