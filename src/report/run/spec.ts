/** A spec as markup: words of the language, keys, names of declarations, numbers, strings and comments in colours of their own. */
import { tag, text } from '../html.ts';

/** Words that begin something, or stand between names; those that are names more often are left alone. */
const words =
  'again and as block choose concat data else extends extern fields for from identity if import in input mul network not nrm or output over policy repeat search sum sweep train with';

const parts: readonly (readonly [look: string, pattern: string])[] = [
  ['comment', '//[^\\n]*'],
  ['string', '"(?:[^"\\\\\\n]|\\\\.)*"'],
  ['word', `(?<![\\w.])(?:${words.replaceAll(' ', '|')})(?![\\w.]|\\s*:)`],
  ['key', '[A-Za-z_][\\w.]*(?=\\s*:)'],
  ['number', '(?<![\\w.])-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?%?(?!\\w)'],
];
const pattern = new RegExp(parts.map(([look, of]) => `(?<${look}>${of})`).join('|'), 'g');

export function highlighted(spec: string): string {
  const marked: string[] = [];
  let at = 0;
  for (const match of spec.matchAll(pattern)) {
    const [look] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    if (look === undefined) continue;
    marked.push(text(spec.slice(at, match.index)), tag('span', { class: `nrm-${look}` }, text(match[0])));
    at = match.index + match[0].length;
  }
  return tag('pre', { tabindex: '0' }, tag('code', {}, ...marked, text(spec.slice(at).trimEnd())));
}

export const specRules = [
  '.nrm-comment{color:var(--muted)}',
  '.nrm-string{color:var(--good)}',
  '.nrm-word{color:var(--series-4);font-weight:600}',
  '.nrm-key{color:var(--link)}',
  '.nrm-number{color:var(--series-1)}',
].join('\n');
