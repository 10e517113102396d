/** Whatever is wrong with a spec, repairing it ends, and does not make it worse. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check, loadProgram } from '../../src/check/index.ts';
import { syntax } from '../../src/diagnostics/catalog/syntax.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { type Diagnose, fixAll } from '../../src/fix/fix.ts';
import { parse } from '../../src/parser/index.ts';

const folder = path.resolve(import.meta.dirname, '../../examples');
const examples = readdirSync(folder)
  .filter((file) => file.endsWith('.nrm'))
  .map((file) => readFileSync(path.join(folder, file), 'utf8'));

const diagnose: Diagnose = (texts) => {
  const text = texts.get('a') ?? '';
  const { tree, diagnostics } = parse(text, 'a');
  return [...diagnostics, ...check(loadProgram(tree, text)).diagnostics];
};

/** A text with one or two words of it gone, doubled, or in each other's place. */
const mutant = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('gone', 'twice', 'swapped')), { minLength: 1, maxLength: 2 }),
  )
  .map(([text, mutations]) =>
    mutations.reduce((t, [pick, how]) => {
      const words = [...t.matchAll(/\w+|[^\s\w]/g)];
      const at = pick % Math.max(1, words.length - 1);
      const [word, next] = [words[at], words[at + 1]];
      if (word === undefined || next === undefined) return t;
      const behind = t.slice(word.index + word[0].length);
      if (how === 'gone') return t.slice(0, word.index) + behind;
      if (how === 'twice') return `${t.slice(0, word.index)}${word[0]} ${word[0]}${behind}`;
      const between = t.slice(word.index + word[0].length, next.index);
      return t.slice(0, word.index) + next[0] + between + word[0] + t.slice(next.index + next[0].length);
    }, text),
  );

const syntaxCodes: readonly string[] = Object.values(syntax).map((d) => d.code);
const syntaxErrors = (found: readonly Diagnostic[]): number => found.filter((d) => syntaxCodes.includes(d.code)).length;

test('law: fewer syntax errors, or the same text; and a second time changes nothing', () => {
  fc.assert(
    fc.property(mutant, (text) => {
      const before = diagnose(new Map([['a', text]]));
      const { texts, fixed, remaining } = fixAll(new Map([['a', text]]), diagnose);
      expect(remaining).toEqual(diagnose(texts));
      if (fixed.length === 0) expect(texts.get('a')).toBe(text);
      else expect(syntaxErrors(remaining)).toBeLessThanOrEqual(syntaxErrors(before));
      expect(fixAll(texts, diagnose).texts).toEqual(texts);
    }),
    { seed: 12, numRuns: 150 },
  );
});
