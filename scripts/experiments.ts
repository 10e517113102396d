// Runs the experiments of examples/experiments, all or those that are named, each by the command on its page, and writes picture and
// figures into the page: `npm run experiments norm-by-batch dropout`. With `--from FOLDER` it runs nothing and takes FOLDER/<name>, the
// folders of sweeps that have been run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { inspected } from './experiments/beginnings.ts';
import { tables } from './experiments/data.ts';
import { withMeasured } from './experiments/markdown.ts';
import { measuredPart } from './experiments/measured.ts';
import { pictureOf } from './experiments/picture.ts';
import { found } from './experiments/results.ts';
import { shownOf } from './experiments/shown.ts';
import { commandOf, fileOf, names, readmeOf } from './experiments/specs.ts';
import { root } from './tools.ts';

const { values, positionals } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no experiment is called ${unknown.join(' or ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

for (const [file, text] of tables()) writeFileSync(file, text);
for (const name of positionals.length === 0 ? names : positionals) {
  if (values.from !== undefined) {
    const folder = path.resolve(values.from, name);
    inspect(name, folder);
    write(name, folder);
  } else ranInto(name, (folder) => write(name, folder));
}

/** The sweep's folder is gone afterwards. */
function ranInto(name: string, use: (folder: string) => void): void {
  const place = mkdtempSync(path.join(tmpdir(), 'nrmc-experiment-'));
  try {
    const folder = path.join(place, name);
    const status = nrmc(...commandOf(name), '--folder', folder);
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    inspect(name, folder);
    use(folder);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Looks into one epoch of each scale of first weights. Training may diverge in it: how it begins is what is asked. */
function inspect(name: string, folder: string): void {
  if (name !== 'initial-scale') return;
  for (const sigma of found(folder).results.axes[0]?.values ?? []) {
    const run = inspected(folder, sigma.text);
    if (existsSync(run)) continue;
    const [, file = '', ...rest] = commandOf(name);
    nrmc('train', file, ...rest, '--set', `Normal.sigma=${sigma.text}`, '--epochs', '1', '--inspect', '--run', run);
  }
}

function nrmc(...args: readonly string[]): number | null {
  console.log(`nrmc ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [path.join(root, 'src/cli/main.ts'), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status;
}

function write(name: string, folder: string): void {
  const what = found(folder);
  const shown = shownOf(name, what);
  const readme = readmeOf(name);
  const page = readFileSync(readme, 'utf8');
  const title = /^# (.*)$/m.exec(page)?.[1] ?? name;
  writeFileSync(fileOf(name, 'svg'), pictureOf({ title, ...shown }));
  writeFileSync(readme, withMeasured(page, measuredPart(what, shown), readme));
}
