/** The tutorial is what happens: every command is run, and prints what the page says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { followTutorial, tutorialPage } from '../../scripts/tutorial.ts';

/** Where a run may differ from machine to machine, its numbers and the backend's line count as equal. */
const still = (page: string): string =>
  page.replace(/```text varies\n[\s\S]*?```/g, (block) =>
    // A slow machine shows how far an epoch is.
    block
      .replace(/^epoch .*━.*\n/gm, '')
      .replace(/^backend .*$/m, 'backend')
      .replace(/[\d.,]+(e-?\d+)?/g, '#'),
  );

test('docs/tutorial.md', () => {
  const page = readFileSync(tutorialPage, 'utf8');
  expect(still(followTutorial(page))).toBe(still(page));
}, 300_000);
