/** The pictures of the documentation are those that would be drawn now. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { drawnPictures, folder } from '../../scripts/pictures.ts';

test('`node scripts/pictures.ts` would change nothing', async () => {
  const drawn = await drawnPictures();
  expect(readdirSync(folder).filter((f) => f.endsWith('.svg'))).toEqual([...drawn.keys()]);
  for (const [file, text] of drawn) expect(readFileSync(path.join(folder, file), 'utf8') === text, file).toBe(true);
});

test('each is shown on the page', () => {
  const page = readFileSync(path.join(folder, '../pictures.md'), 'utf8');
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.svg')))
    expect(page).toContain(`(pictures/${file})`);
});
