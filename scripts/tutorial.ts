// Follows docs/tutorial.md in a folder of its own: writes its files, runs its commands, and puts what they print into the page.
// `node scripts/tutorial.ts` rewrites the page; a test compares.
//
//   ```nrm FILE      is written to FILE; with `+` behind it, appended
//   ```sh            is run, line by line; with `fails`, the last command must fail
//   ```text          is what it printed; with `varies`, numbers may differ
//   <!-- not run --> before a block leaves it alone
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './tools.ts';

export const tutorialPage = path.join(root, 'docs/tutorial.md');
const command = path.join(root, 'src/cli/main.ts');

/** The page with the output of every command as it is now. */
export function followTutorial(page: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'nrmc-tutorial-'));
  try {
    cpSync(path.join(root, 'examples/data'), path.join(folder, 'data'), { recursive: true });
    let printed = '';
    return page.replace(
      /(<!-- not run -->\n)?```(\w+)([^\n]*)\n([\s\S]*?)```\n/g,
      (block: string, skipped: string | undefined, kind: string, rest: string, body: string) => {
        if (skipped !== undefined) return block;
        const words = rest.trim().split(' ');
        if (kind === 'nrm') writeSpec(folder, words, body);
        else if (kind === 'sh') printed = runAll(folder, body, words.includes('fails'));
        else if (kind === 'text') return `\`\`\`text${rest}\n${printed}\`\`\`\n`;
        return block;
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeSpec(folder: string, [file = '', mode]: readonly string[], text: string): void {
  const full = path.join(folder, file);
  if (mode === '+') appendFileSync(full, `\n${text}`);
  else writeFileSync(full, text);
}

function runAll(folder: string, script: string, fails: boolean): string {
  const lines = script.trim().split('\n');
  return lines
    .map((line, i) => {
      const args = line.replace(/^nrmc /, '').split(' ');
      const { FORCE_COLOR: _, ...env } = process.env;
      const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...env, NO_COLOR: '1', LANG: 'C.UTF-8', COLUMNS: '110' },
      });
      if ((status !== 0) !== (fails && i === lines.length - 1)) throw new Error(`${line}\n${stdout}${stderr}`);
      return `${stdout}${stderr}`
        .replaceAll(folder, '…')
        .replace(/^epoch .*━.*\n/gm, '')
        .trimEnd();
    })
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}

const called = process.argv[1];
if (called !== undefined && import.meta.url === pathToFileURL(called).href)
  writeFileSync(tutorialPage, followTutorial(readFileSync(tutorialPage, 'utf8')));
