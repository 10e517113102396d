/** The guides: every spec in them is clean, unless it says that it is wrong, and generated parts are as their script writes them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { languagePage } from '../../scripts/docs.ts';
import { referencePage } from '../../scripts/reference.ts';
import { check, loadProgram } from '../../src/check/index.ts';
import { format } from '../../src/format/index.ts';
import { parse } from '../../src/parser/index.ts';

const folder = path.resolve(import.meta.dirname, '../../docs');
const guides = readdirSync(folder).filter(
  (name) => name.endsWith('.md') && name !== 'tutorial.md' && name !== 'format.md',
);

describe.each(guides)('%s', (name) => {
  const specs = [...readFileSync(path.join(folder, name), 'utf8').matchAll(/```nrm\n([\s\S]*?)```/g)].map(
    (m) => m[1] ?? '',
  );

  // What has no network is a piece of a spec, shown by itself.
  const whole = specs.filter((text) => /^network /m.test(text) && /input \w+:/.test(text));
  if (whole.length > 0)
    test.each(whole.map((text, i) => [i + 1, text] as const))('spec %i is clean', (_, text) => {
      const { tree, diagnostics } = parse(text, name);
      const found = [...diagnostics, ...check(loadProgram(tree, text)).diagnostics];
      expect(found.filter((d) => d.severity !== 'remark').map((d) => `${d.code} ${d.message}`)).toEqual([]);
    });

  test('its specs are laid out as `nrmc fmt` does', () => {
    for (const text of specs) {
      const { text: laidOut, diagnostics } = format(text, name);
      if (diagnostics.length === 0) expect(text).toBe(laidOut);
    }
  });

  test('its links lead somewhere', () => {
    const links = [...readFileSync(path.join(folder, name), 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(
      (m) => m[1] ?? '',
    );
    expect(links.filter((l) => !/^https?:/.test(l) && !existsSync(path.join(folder, l)))).toEqual([]);
  });
});

test('the table of the library is as scripts/docs.ts writes it', () => {
  expect(readFileSync(path.join(folder, 'language.md'), 'utf8')).toBe(languagePage());
});

test('the reference is as scripts/reference.ts writes it', () => {
  expect(readFileSync(path.join(folder, 'reference.md'), 'utf8')).toBe(referencePage());
});
