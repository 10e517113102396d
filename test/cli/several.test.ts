/** A network with two inputs and two outputs, as a user trains it and predicts with it, in processes. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import {
  decodeSafetensors as decode,
  encodeSafetensors as encode,
  type StoredTensor,
} from '../../src/runtime/safetensors.ts';
import { scenes } from '../emitted/specs.ts';
import { writeFields } from './data.ts';
import { command, nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);
const fields = {
  image: { height: 8, width: 6 },
  depth: { height: 8, width: 6 },
  form: { classes: 3 },
  label: { classes: 4 },
};
const json = (file: string) => JSON.parse(readFileSync(at(file), 'utf8'));
const linesOf = (file: string) =>
  readFileSync(at(file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const weights = (run: string): Buffer => readFileSync(at(run, 'weights.safetensors'));

let shown = '';
beforeAll(() => {
  writeFields(folder, 'drawings', fields, { train: 400, test: 60 });
  writeFileSync(at('scenes.nrm'), scenes.replace('epochs: 3', 'epochs: 8'));
  const { code, out, err } = nrmc(folder, 'train', 'scenes.nrm', '--run', 'whole');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  shown = out;
});

test('each output learns, and is told of by name', () => {
  const { testMetrics, testLosses, testLoss, best, testAccuracy } = json('whole/summary.json');
  expect(testMetrics.form_accuracy).toBeGreaterThan(0.9);
  expect(testMetrics.label_accuracy).toBeGreaterThan(0.9);
  expect(testLosses.form + testLosses.label).toBeCloseTo(testLoss, 12);
  expect(testAccuracy).toBeUndefined();
  expect(Object.keys(best)).toEqual(['epoch', 'loss', 'form_accuracy', 'label_accuracy']);
  expect(shown.replace(/\d+\.\d+/g, '#')).toMatch(
    /^epoch 8\/8 {2}loss # \(form #, label #\) {2}penalty # {2}validation loss # \(form #, label #\) {2}form accuracy #% {2}label accuracy #% {2}\d+s$/m,
  );
  expect(shown).toMatch(/^form accuracy {7}\d/m);
  const line = linesOf('whole/history.jsonl').findLast((l) => l.kind === 'epoch');
  expect(Object.keys(line)).toEqual([
    'kind',
    'epoch',
    'update',
    'loss',
    'penalty',
    'seconds',
    'losses',
    'rate',
    'validationLoss',
    'validationLosses',
    'validationMetrics',
  ]);
  expect(line.losses.form + line.losses.label).toBeCloseTo(line.loss, 5);
  const update = linesOf('whole/history.jsonl').find((l) => l.kind === 'update');
  expect(Object.keys(update.losses)).toEqual(['form', 'label']);
});

test('weights that are used twice are stored once', () => {
  const { tensors, metadata } = decode(weights('whole'), 'weights');
  expect([...tensors.keys()].filter((name) => name.includes('conv1'))).toEqual(['encoder.conv1.kernel']);
  expect(JSON.parse(metadata.outputs ?? '')).toEqual(['form', 'label']);
  const { parameters, trainable } = JSON.parse(nrmc(folder, 'show', 'scenes.nrm', '--json').out);
  expect(parameters.map((p: { readonly name: string }) => p.name).sort()).toEqual([...tensors.keys()].sort());
  expect(trainable).toBe(27 + 6 + 72 * 8 + 8 + 8 * 3 + 3 + 8 * 4 + 4);
});

test('evaluates again to the same figures', () => {
  const { out, err } = nrmc(folder, 'evaluate', 'whole');
  expect(err).toBe('');
  const { testMetrics } = json('whole/summary.json');
  expect(out).toContain(`${(testMetrics.form_accuracy * 100).toFixed(2)}%`);
  expect(out).toContain(`${(testMetrics.label_accuracy * 100).toFixed(2)}%`);
});

test('a run of code that is too old says so', () => {
  cpSync(at('whole'), at('older'), { recursive: true });
  const entry = at('older/net.train.ts');
  writeFileSync(entry, readFileSync(entry, 'utf8').replace('  outputs: [', '  older: ['));
  const { code, err } = nrmc(folder, 'evaluate', 'older');
  expect(code).toBe(1);
  expect(err).toContain('error[NRM5104]: older is not a run: its code is of an older nrmc');
});

test('killed behind its first checkpoint, it goes on to the same weights', async () => {
  const run = 'killed';
  for (let attempt = 1; ; attempt++) {
    await new Promise((resolve) => {
      const child = spawn(process.execPath, [command, 'train', 'scenes.nrm', '--run', run], {
        cwd: folder,
        stdio: 'ignore',
      });
      const timer = setInterval(() => {
        if (!existsSync(at(run, 'checkpoint.safetensors'))) return;
        clearInterval(timer);
        child.kill('SIGKILL');
      }, 5);
      child.on('exit', () => {
        clearInterval(timer);
        resolve(null);
      });
    });
    // On a busy machine it may end before.
    if (!existsSync(at(run, 'summary.json'))) break;
    if (attempt === 8) throw new Error(`${run} always ended before it could be stopped`);
    rmSync(at(run), { recursive: true });
  }
  expect(nrmc(folder, 'train', '--resume', run)).toMatchObject({ code: 0, err: '' });
  expect(weights(run)).toEqual(weights('whole'));
  const last = (name: string) => {
    const { seconds: _, ...line } = linesOf(`${name}/history.jsonl`).findLast((l) => l.kind === 'epoch');
    return line;
  };
  expect(last(run)).toEqual(last('whole'));
});

const pictures = (salt: number): StoredTensor => ({
  shape: [5, 8, 6, 1],
  values: Float32Array.from({ length: 5 * 48 }, (_, i) => (i * (37 + salt)) % 256),
});

function write(file: string, tensors: Readonly<Record<string, StoredTensor>>): void {
  writeFileSync(at(file), encode({ tensors: new Map(Object.entries(tensors)), metadata: {} }));
}

const predict = (...args: readonly string[]) =>
  nrmc(folder, 'predict', 'scenes.nrm', '--weights', 'whole/weights.safetensors', '--output', 'y.safetensors', ...args);

/** What a prediction writes, by output. */
function predicted(...args: readonly string[]) {
  const { code, err, out } = predict(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { tensors } = decode(readFileSync(at('y.safetensors')), 'y');
  return { out, form: tensors.get('form'), label: tensors.get('label'), names: [...tensors.keys()] };
}

test('prediction takes one file of all inputs, or one for each, and writes each output', () => {
  write('both.safetensors', { depth: pictures(4), image: pictures(0) });
  write('a.safetensors', { anything: pictures(0) });
  write('b=c.safetensors', { depth: pictures(4) });
  const both = predicted('--input', 'both.safetensors');
  expect(both.names.sort()).toEqual(['form', 'label']);
  expect(both.form?.shape).toEqual([5, 3]);
  expect(both.label?.shape).toEqual([5, 4]);
  expect(both.out).toContain('y.safetensors: form [5, 3], label [5, 4] of 5 samples, policy Shared of the weights');
  const each = predicted('--input', 'image=a.safetensors', '--input', 'b=c.safetensors');
  expect([each.form, each.label]).toEqual([both.form, both.label]);
  const swapped = predicted('--input', 'depth=a.safetensors', '--input', 'image=b=c.safetensors');
  expect(swapped.form).not.toEqual(both.form);
  const unfolded = predicted('--input', 'both.safetensors', '--no-fold');
  for (const [i, value] of (both.label?.values ?? []).entries())
    expect(Math.abs(value - (unfolded.label?.values[i] ?? Number.NaN))).toBeLessThan(1e-4);
  const shares = predicted('--input', 'both.safetensors', '--probabilities');
  for (const [values, width] of [
    [shares.form?.values ?? [], 3],
    [shares.label?.values ?? [], 4],
  ] as const)
    for (let i = 0; i < 5; i++)
      expect([...values.slice(width * i, width * (i + 1))].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});

test('an input without a file is told to be so; one file may hold the rest', () => {
  write('both.safetensors', { depth: pictures(4), image: pictures(0) });
  write('other.safetensors', { image: pictures(9) });
  const missing = predict('--input', 'image=both.safetensors');
  expect(missing.code).toBe(1);
  expect(missing.err).toContain('error[NRM4014]: no file is given for input `depth`');
  expect(missing.err).toContain('write `--input depth=FILE`, or `--input FILE` with a file that holds `depth`');
  const rest = predicted('--input', 'image=other.safetensors', '--input', 'both.safetensors');
  const turned = predicted('--input', 'both.safetensors', '--input', 'image=other.safetensors');
  const named = predicted('--input', 'image=other.safetensors', '--input', 'depth=both.safetensors');
  expect([rest.form, turned.form]).toEqual([named.form, named.form]);
});

test('a network whose sizes stay open predicts for each size, the same for inputs that share a name', () => {
  writeFileSync(
    at('any.nrm'),
    `network Any {
  input left: float32[H, W, 1]
  input right: float32[H, W, 1]
  sum { | from left | from right }
  output maps: conv(2, kernel: 1)
  global_avgpool
  output mean: dense(2)
}`,
  );
  write('any.weights', {
    'maps.kernel': { shape: [1, 1, 1, 2], values: Float32Array.of(1, 2) },
    'maps.bias': { shape: [2], values: Float32Array.of(0, 1) },
    'mean.kernel': { shape: [2, 2], values: Float32Array.of(1, 0, 0, 1) },
    'mean.bias': { shape: [2], values: new Float32Array(2) },
  });
  const of = (height: number, width: number, other = width): readonly string[] => {
    const picture = (w: number, value: number): StoredTensor => ({
      shape: [2, height, w, 1],
      values: new Float32Array(2 * height * w).fill(value),
    });
    write('x.safetensors', { left: picture(width, 3), right: picture(other, 4) });
    return ['predict', 'any.nrm', '--weights', 'any.weights', '--input', 'x.safetensors', '--output', 'y.safetensors'];
  };
  for (const [height, width] of [
    [2, 3],
    [5, 4],
  ] as const) {
    expect(nrmc(folder, ...of(height, width))).toMatchObject({ code: 0, err: '' });
    const { tensors } = decode(readFileSync(at('y.safetensors')), 'y');
    expect(tensors.get('maps')?.shape).toEqual([2, height, width, 2]);
    expect([...(tensors.get('mean')?.values ?? [])]).toEqual([7, 15, 7, 15]);
  }
  const { code, err } = nrmc(folder, ...of(2, 3, 4));
  expect(code).toBe(1);
  expect(err).toContain('error[NRM4015]: x.safetensors: `right` is [2, 2, 4, 1], the network takes [N, 2, 3, 1]');
});

test('a field without its file', () => {
  writeFields(folder, 'halves', { image: { height: 8, width: 6 }, form: { classes: 3 } }, { train: 20, test: 6 });
  writeFileSync(at('halves.nrm'), scenes.replace('idx("drawings")', 'idx("halves")'));
  const { code, err } = nrmc(folder, 'train', 'halves.nrm');
  expect(code).toBe(1);
  expect(err.replaceAll(folder, '…')).toContain(
    ['…/data/halves/train-depth-idx3-ubyte.gz', '…/data/halves/train-label-idx1-ubyte.gz'].join('\n  '),
  );
});

test('a choice that no search has made: checked and shown, not compiled', () => {
  writeFileSync(
    at('choice.nrm'),
    `network Net { input x: float32[8]  choose { | dense(16) | dense(16) }  dense(4) }
data D { source: idx("drawings")  fields { x: float32[8]  y: class(4) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 1 }`,
  );
  expect(nrmc(folder, 'check', 'choice.nrm')).toMatchObject({ code: 0 });
  expect(nrmc(folder, 'show', 'choice.nrm')).toMatchObject({ code: 0 });
  for (const args of [
    ['build', 'choice.nrm', '--out', 'choice'],
    ['train', 'choice.nrm'],
    ['passes', 'choice.nrm:Net'],
  ]) {
    const { code, err } = nrmc(folder, ...args);
    expect(code).toBe(1);
    expect(err).toMatchInlineSnapshot(`
      "error[NRM2952]: network \`Net\` leaves a choice open: a search chooses between the paths; not executed yet
        ┌─ choice.nrm:1:36
      1 │ network Net { input x: float32[8]  choose { | dense(16) | dense(16) }  dense(4) }
        │                                    ^^^^^^ one of these paths
        = help: keep one path and remove \`choose\`; \`nrmc check\` and \`nrmc show\` read the network as it is
        = explain: nrmc explain NRM2952

      "
    `);
  }
});
