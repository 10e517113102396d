/**
 * Wrong programs as people write them, and what they are told. Each `<area>/<name>.nrm` is one mistake; what a terminal shows stands
 * beside it, in `<name>.txt`. `npx vitest run test/corpus --update` writes these; read them as somebody who made the mistake.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { parse } from '../../src/parser/index.ts';
import { diagnose } from './diagnose.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const programs = files.filter((file) => file.endsWith('.nrm'));

const shown = (diagnostics: readonly Diagnostic[], text: string, file: string): string =>
  diagnostics
    .map((d) => renderDiagnostic(d, (name) => (name === file ? text : undefined), { color: false, width: 120 }))
    .join('\n\n');

describe.each([...new Set(programs.map((file) => path.dirname(file)))])('%s', (area) => {
  test.each(programs.filter((file) => path.dirname(file) === area).map((file) => path.basename(file, '.nrm')))(
    '%s',
    async (name) => {
      const file = `${area}/${name}.nrm`;
      const text = readFileSync(path.join(folder, file), 'utf8');
      await expect(`${shown(diagnose(text, file), text, file)}\n`).toMatchFileSnapshot(`${area}/${name}.txt`);
    },
  );
});

/** The text with the fix of one diagnostic. */
const fixed = (text: string, { fix }: Diagnostic): string =>
  [...fix]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((now, { span, text: by }) => now.slice(0, span.start) + by + now.slice(span.end), text);

test('a fix leaves fewer errors than there were', () => {
  let fixes = 0;
  for (const file of programs) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const before = parse(text, file).diagnostics;
    for (const diagnostic of before.filter((d) => d.fix.length > 0)) {
      fixes++;
      const after = parse(fixed(text, diagnostic), file).diagnostics;
      expect(after.length, `${file}: ${fixed(text, diagnostic)}`).toBeLessThan(before.length);
    }
  }
  expect(fixes).toBeGreaterThan(40);
});

test('nothing that was told remains of programs that are gone', () => {
  const told = files.filter((file) => file.endsWith('.txt')).map((file) => file.replace(/\.txt$/, '.nrm'));
  expect(told.filter((file) => !programs.includes(file))).toEqual([]);
});
