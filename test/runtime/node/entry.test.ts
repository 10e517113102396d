/** Runs in processes of their own: killed, interrupted, gone on with; and the command line of an emitted entry. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { readTensors } from '../../../src/runtime/node/files.ts';
import { temporary } from './helpers.ts';
import { writeData } from './toy.ts';

const entry = path.join(import.meta.dirname, 'entry.ts');

function run(cwd: string, args: readonly string[], signal = '') {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = { ...inherited, NO_COLOR: '1', TOY_SIGNAL: signal };
  const result = spawnSync(process.execPath, [entry, ...args], { cwd, env, encoding: 'utf8' });
  const shown = (text: string): string => text.replaceAll(cwd, '…');
  return { status: result.status, signal: result.signal, out: shown(result.stdout), err: shown(result.stderr) };
}

const read = (...parts: string[]): Buffer => readFileSync(path.join(...parts));

/** The history without its times. */
const history = (folder: string): unknown[] =>
  read(folder, 'history.jsonl')
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ seconds: _, ...rest }) => rest);

test('killed again and again at any update, a run ends as if nothing had happened', () => {
  const folder = temporary();
  writeData(path.join(folder, 'data'));
  const at = (...args: string[]) => ['--backend', 'cpu', ...args];
  expect(run(folder, at('--run', 'whole')).status).toBe(0);

  expect(run(folder, at('--run', 'killed'), 'SIGKILL@5').signal).toBe('SIGKILL');
  expect(existsSync(path.join(folder, 'killed/checkpoint.safetensors'))).toBe(false);
  expect(run(folder, ['--resume', 'killed'], 'SIGKILL@17').signal).toBe('SIGKILL');
  const interrupted = run(folder, ['--resume', 'killed'], 'SIGINT@30');
  expect(interrupted).toMatchObject({ status: 130, err: '' });
  expect(interrupted.out).toMatch(/^stopped after update \d+; go on with --resume …\/killed\n…\/killed\n$/m);
  expect(JSON.parse(read(folder, 'killed/run.json').toString())).toMatchObject({ status: 'interrupted' });
  const last = run(folder, ['--resume', 'killed']);
  expect(last).toMatchObject({ status: 0, err: '' });
  expect(last.out).toContain('backend cpu: as the run had it\n');

  const weights = (name: string): Buffer => read(folder, name, 'weights.safetensors');
  expect(weights('killed').equals(weights('whole'))).toBe(true);
  // With the optimizer's slots; its metadata also say how long an epoch took.
  const checkpoint = (name: string) => readTensors(path.join(folder, name, 'checkpoint.safetensors')).tensors;
  expect(checkpoint('killed')).toEqual(checkpoint('whole'));
  expect(history(path.join(folder, 'killed'))).toEqual(history(path.join(folder, 'whole')));
  expect(readdirSync(path.join(folder, 'killed')).sort()).toEqual(readdirSync(path.join(folder, 'whole')).sort());
}, 30_000);

test('help, wrong usage and mistakes: exit code and text', () => {
  const folder = temporary();
  const help = run(folder, ['--help']);
  expect(help).toMatchObject({ status: 0, err: '' });
  expect(help.out).toMatchInlineSnapshot(`
    "usage: node entry.ts [options]
      --backend auto|node|wasm|cpu  what computes; auto is the default
      --epochs N                    in place of the spec's
      --data DIR                    the folder of the data set, or the one that holds it
      --run DIR                     the folder for this run, new or empty; runs/<train>-<n> is the default
      --resume RUN                  go on with a run that was interrupted
      --inspect                     look into training after each epoch; of code that was built with it
      --inspect-every N             after every N updates instead
      --help                        this text
    "
  `);
  const wrong = run(folder, ['--epochs', 'many']);
  expect(wrong).toMatchObject({ status: 2, out: '' });
  expect(wrong.err.split('\n')[0]).toMatchInlineSnapshot(`"--epochs takes a whole number from 1"`);
  expect(run(folder, ['--bakcend', 'cpu'])).toMatchObject({ status: 2, out: '' });
  const missing = run(folder, ['--data', 'nowhere']);
  expect(missing).toMatchObject({ status: 1, out: '' });
  expect(missing.err).toMatchInlineSnapshot(`
    "error[NRM4001]: no data set \`stripes\`; looked in
      …/nowhere/stripes
      …/nowhere
      = help: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz there (idx2 for vectors, idx4 for pictures in colour), or name their folder with \`--data DIR\`
      = explain: nrmc explain NRM4001
    "
  `);
}, 30_000);
