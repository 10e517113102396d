/** Each experiment trains: one update on a handful of samples, under the values of one of its cases. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { commandOf, fileOf, names } from '../../scripts/experiments/specs.ts';
import { checkSweep } from '../../src/check/index.ts';
import { readSpec } from '../../src/cli/spec.ts';
import { nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000 });

const root = path.resolve(import.meta.dirname, '../..');
const work = workFolder();

/** From the middle: the ends are often values that training cannot bear. */
function middleCase(file: string): readonly string[] {
  const { program, tree } = readSpec(file);
  const sweep = tree.declarations.find((d) => d.kind === 'sweep') ?? expect.fail('no sweep');
  const cases = checkSweep(program, sweep).plan?.cases ?? [];
  return cases[Math.floor(cases.length / 2)]?.set ?? expect.fail('no case');
}

test.each(names)('%s', (name) => {
  const [, file = '', ...options] = commandOf(name);
  const text = readFileSync(fileOf(name, 'nrm'), 'utf8');
  const spec = path.join(work, `${name}.nrm`);
  const few = text
    .replaceAll(/limit: \d+/g, 'limit: { train: 8  test: 16 }')
    // A warm-up that is longer than the run is refused.
    .replaceAll(/warmup: \d+/g, 'warmup: 0');
  writeFileSync(spec, few);
  const given = options.indexOf('--data');
  const data = given < 0 ? path.join(path.dirname(file), 'data') : (options[given + 1] ?? '');
  const set = middleCase(fileOf(name, 'nrm')).flatMap((s) => ['--set', s]);
  const run = path.join(work, name);
  const { code, err } = nrmc(root, 'train', spec, '--data', data, ...set, '--epochs', '1', '--run', run);
  expect(err.replaceAll(/^.*warning.*$/gm, '')).not.toMatch(/error/);
  expect(code).toBe(0);
  const summary: unknown = JSON.parse(readFileSync(path.join(run, 'summary.json'), 'utf8'));
  // The linear model has no limit; its table is one batch.
  expect(summary).toMatchObject({ epochs: 1, updates: expect.toSatisfy((n: number) => n >= 1 && n <= 4) });
});
