/** What a snippet leaves is a right piece of a spec, whichever of its choices is taken. */
import { expect, test } from 'vitest';
import { check, parse, renderDiagnostic } from '../../src/index.ts';
import { colour, read } from './support.ts';

interface Snippet {
  readonly prefix: string | readonly string[];
  readonly description: string;
  readonly body: string | readonly string[];
}
const snippets = Object.entries(
  JSON.parse(read('editors/vscode/snippets/nrm.json')) as Readonly<Record<string, Snippet>>,
);

/** The text with each stop's default, or the choice with that number; a stop that is named again has the same text. */
function expand({ body }: Snippet, choice = 0): string {
  const text = typeof body === 'string' ? body : body.join('\n');
  const filled = new Map<string, string>();
  const first = /\$\{(\d+)\|((?:[^|\\]|\\.)*)\|\}|\$\{(\d+):((?:\$\{\d+[^}]*\}|[^}])*)\}|\$(\d+)/g;
  return text.replace(
    first,
    (_, choiceStop?: string, choices?: string, stop?: string, standard?: string, bare?: string) => {
      const number = choiceStop ?? stop ?? bare ?? '';
      const known = filled.get(number);
      if (known !== undefined) return known;
      const options = (choices ?? '').split(/(?<!\\),/).map((option) => option.replaceAll('\\,', ','));
      const value =
        choices === undefined
          ? expand({ prefix: '', description: '', body: standard ?? '' })
          : (options[choice % options.length] ?? '');
      filled.set(number, value);
      return value;
    },
  );
}

/** Where each kind of snippet is used: declarations by themselves, steps in a network, rules in a policy. */
const around: Readonly<Record<string, (text: string) => string>> = {
  Rule: (text) => `policy P { ${text} }`,
  ...Object.fromEntries(
    ['Join', 'Stage', 'Convolution', 'Repeat', 'For'].map((name) => [name, (text: string) => `network N { ${text} }`]),
  ),
};

test.each(snippets)('%s is read without an error', (name, snippet) => {
  expect(snippet.description).toMatch(/^[A-Z]/);
  for (const choice of [0, 1, 2, 3, 4, 5]) {
    const text = (around[name] ?? ((t: string) => t))(expand(snippet, choice));
    expect(text).not.toMatch(/\$/);
    const { diagnostics } = parse(text, 'snippet.nrm');
    expect(diagnostics.map((d) => renderDiagnostic(d, () => text, { color: false, width: 120 }))).toEqual([]);
    const plain = colour(text).pieces.filter(({ scopes }) => scopes.every((scope) => scope.startsWith('meta.')));
    expect(plain.filter((piece) => piece.text.trim() !== '')).toEqual([]);
  }
});

test('every prefix is used once, and the page of the extension names it', () => {
  const prefixes = snippets.flatMap(([, { prefix }]) => prefix);
  expect(prefixes).toHaveLength(new Set(prefixes).size);
  const page = read('editors/vscode/README.md');
  for (const [, { prefix }] of snippets) {
    expect(page).toContain(`\`${typeof prefix === 'string' ? prefix : prefix[0]}\``);
  }
});

test('the whole spec is one that can be trained', () => {
  const text = expand((snippets.find(([name]) => name === 'Spec') ?? expect.fail('no snippet for a whole spec'))[1]);
  const { tree } = parse(text, 'snippet.nrm');
  expect(check(tree).diagnostics).toEqual([]);
});
