/** The pages of the syntax codes: the wrong example raises the code alone, the right one nothing; certain fixes are applied and read again. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from '../../src/parser/index.ts';
import { codesOf, rendered } from './support.ts';

const folder = path.resolve(import.meta.dirname, '../../docs/errors');
const pages = readdirSync(folder).filter((file) => file.startsWith('NRM10'));

test.each(pages)('%s', async (file) => {
  const code = path.basename(file, '.md');
  const page = readFileSync(path.join(folder, file), 'utf8');
  const [wrong = '', right = ''] = [...page.matchAll(/```nrm\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  // A page may show that one mistake made twice is reported twice; the page of too many errors shows others.
  if (code === 'NRM1018') expect(codesOf(wrong).at(-1)).toBe(code);
  else expect([...new Set(codesOf(wrong))]).toEqual([code]);
  expect(rendered(right)).toBe('');
  const shown = rendered(wrong).split('\n\n');
  await expect(`${(code === 'NRM1018' ? shown.slice(-1) : shown).join('\n\n')}\n`).toMatchFileSnapshot(
    `golden/${code}.txt`,
  );
});

/** The text with all fixes of its diagnostics applied. */
function fixed(text: string): string {
  const edits = parse(text, 'x').diagnostics.flatMap((d) => d.fix);
  return edits
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((now, { span, text: by }) => now.slice(0, span.start) + by + now.slice(span.end), text);
}

test.each([
  ['train t { batch = 64, epochs: 5; }', 'train t { batch: 64 epochs: 5 }'],
  ['network A(n: 3) { conv(6 kernel=5) -> act, }', 'network A(n = 3) { conv(6, kernel: 5)  act }'],
  ["train t { a: 'x' b: .5 c: 1_000 d: 0x10 e: 2. }", 'train t { a: "x" b: 0.5 c: 1000 d: 16 e: 2.0 }'],
  ['polcy P { act: relu }', 'policy P { act: relu }'],
  ['# a\nmodel A { conv(3] }', '// a\nnetwork A { conv(3) }'],
  ['train t { a: 1 − 2 × 3 b: “x” c: x ≤ y }', 'train t { a: 1 - 2 * 3 b: "x" c: x <= y }'],
  ['train t { batch 64 list [1] }', 'train t { batch: 64 list: [1] }'],
])('%s is fixed', (wrong, right) => {
  expect(fixed(wrong)).toBe(right);
  expect(rendered(right)).toBe('');
});
