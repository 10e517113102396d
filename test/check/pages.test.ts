/** The pages of this room's codes: the wrong example raises the code and nothing else, the right one is clean. Their rendered text is kept. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { diagnose } from './support.ts';

const folder = path.resolve(import.meta.dirname, '../../docs/errors');
/** Codes that one file by itself cannot raise; `imports.test.ts`, `extern.test.ts` and the tests of sweeps do. */
const several = [
  'NRM2027',
  'NRM2403',
  'NRM2405',
  'NRM2406',
  'NRM2510',
  'NRM2511',
  'NRM2512',
  'NRM2513',
  'NRM3421',
  'NRM3422',
  'NRM3423',
];
const pages = readdirSync(folder).filter(
  (file) => /^NRM(20|2110|2[2-8]|3|6)/.test(file) && !several.includes(path.basename(file, '.md')),
);

test.each(pages)('%s', async (file) => {
  const code = path.basename(file, '.md');
  const page = readFileSync(path.join(folder, file), 'utf8');
  const [wrong = '', right = ''] = [...page.matchAll(/```nrm\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const found = diagnose(wrong);
  expect(found.map((d) => d.code)).toEqual([code]);
  expect(diagnose(right)).toEqual([]);
  const rendered = found
    .map((d) => renderDiagnostic(d, () => wrong, { color: false, unicode: true, width: 120 }))
    .join('\n\n');
  await expect(`${rendered}\n`).toMatchFileSnapshot(`golden/${code}.txt`);
});
