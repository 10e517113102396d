/** Weights that begin with a file, and weights that are frozen: trained for real on a small data set. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../src/runtime/safetensors.ts';
import { writeDataSet } from './data.ts';
import { nrmc, workFolder } from './run.ts';

const folder = workFolder();
writeDataSet(folder, 'bands', { height: 8, width: 8, classes: 4, train: 64, test: 16 });

const spec = (policy: string, setting = '', classes = 'dense(4)'): string => `
network Net with P {
  input image: float32[8, 8, 1]
  stem: { conv(4, kernel: 3)  norm  act }
  conv(4, kernel: 3)  norm  act
  flatten
  classifier: ${classes}
}
policy P { norm: batch  act: relu  ${policy} }
data Bands { source: idx("bands")  fields { image: float32[8, 8, 1] = minmax  label: class(4) } }
train t { network: Net  data: Bands  loss: cross_entropy  optimizer: adam(rate: 1e-2)  batch: 16  epochs: 1  ${setting} }
`;

function trained(name: string, text: string, ...args: readonly string[]) {
  writeFileSync(path.join(folder, `${name}.nrm`), text);
  const shown = nrmc(folder, 'train', `${name}.nrm`, '--run', name, '--backend', 'cpu', ...args);
  return { ...shown, weights: () => weightsOf(name) };
}

function weightsOf(run: string): ReadonlyMap<string, readonly number[]> {
  const file = path.join(folder, run, 'weights.safetensors');
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  return new Map([...tensors].map(([name, t]) => [name, [...t.values]]));
}

const base = trained('base', spec(''));

describe('start', () => {
  test('of the train, and frozen: the weights of the file are those of the run', () => {
    expect(base.code).toBe(0);
    const run = trained('again', spec('stem { trainable: false }', 'start: "base/weights.safetensors"'));
    expect(run.err).toBe('');
    expect(run.out).toContain('starts from base/weights.safetensors: 12 weights');
    const [before, after] = [base.weights(), run.weights()];
    const same = [...after.keys()].filter((name) => before.get(name)?.join() === after.get(name)?.join());
    expect(same.sort()).toEqual([
      'stem.conv1.kernel',
      'stem.norm1.beta',
      'stem.norm1.gamma',
      'stem.norm1.mean',
      'stem.norm1.variance',
    ]);
  });

  test('of a rule: the rest begins as it is initialised', () => {
    const text = spec('stem, conv { start: "base/weights.safetensors" }  classifier { init: zeros }', '', 'dense(4)');
    const run = trained('part', text);
    expect(run.out).toContain('starts from base/weights.safetensors: 6 weights');
  });

  test('names and shapes that the file does not have', () => {
    const text = spec('stem, classifier { start: "base/weights.safetensors" }', '', 'dense(4, bias: false)')
      .replace('stem: { conv(4', 'stem: { conv(6')
      .replace('  conv(4', '  extra: conv(4')
      .replace('stem, classifier {', 'stem, classifier, extra {');
    const run = trained('wrong', text);
    expect(run.code).toBe(1);
    expect(run.err.replaceAll(folder, '')).toMatchInlineSnapshot(`
      "error[NRM5006]: base/weights.safetensors has not what Net starts from: 6 mismatches
        stem.conv1.kernel: [3, 3, 1, 6] in the network, [3, 3, 1, 4] in the file
        stem.norm1.gamma: [6] in the network, [4] in the file
        stem.norm1.beta: [6] in the network, [4] in the file
        extra.kernel: missing; the network has [3, 3, 6, 4]
        stem.norm1.mean: [6] in the network, [4] in the file
        stem.norm1.variance: [6] in the network, [4] in the file
        = help: nothing was trained; start fewer layers from it, as in \`stem { start: "…" }\`, or use weights that have these names
        = explain: nrmc explain NRM5006

      "
    `);
  });

  test('a file that is not there', () => {
    const run = trained('missing', spec('', 'start: "nowhere.safetensors"'));
    expect(run.code).toBe(1);
    expect(run.err).toContain('error[NRM5003]: cannot read');
  });
});

test('--set is stored with the run, and resumed with', () => {
  const run = trained('set', spec(''), '--set', 'policy.norm=none', '--set', 'batch=32');
  expect(run.code).toBe(0);
  expect([...run.weights().keys()].some((name) => name.includes('norm'))).toBe(false);
  const stored = readFileSync(path.join(folder, 'set/spec.nrm'), 'utf8');
  expect(stored).toContain('batch: 32');
  expect(JSON.parse(readFileSync(path.join(folder, 'set/run.json'), 'utf8')).overrides).toEqual({
    set: ['policy.norm=none', 'batch=32'],
  });
});
