import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RunConfig, Training } from '../../../src/runtime/model.ts';
import type { AnyTrain } from '../../../src/runtime/modules.ts';
import { evaluateRun } from '../../../src/runtime/node/evaluate.ts';
import { readTensors } from '../../../src/runtime/node/files.ts';
import { runTraining, type TrainOptions } from '../../../src/runtime/node/run.ts';
import { trainedUnder } from '../../../src/runtime/weights.ts';
import { refusal, temporary } from './helpers.ts';
import * as toy from './toy.ts';
import { config, writeData } from './toy.ts';

let folder: string;
let printed: string;

beforeEach(() => {
  folder = temporary();
  writeData(path.join(folder, 'data'));
  printed = '';
});

interface Changes extends Partial<TrainOptions> {
  readonly module?: AnyTrain;
  readonly config?: Partial<RunConfig>;
}

const run = ({ module = toy, config: changes, ...options }: Changes = {}) =>
  runTraining(
    module,
    { ...config, ...changes },
    {
      source: path.join(folder, 'toy.nrm'),
      backend: 'cpu',
      cwd: folder,
      output: {
        write(text) {
          printed += text;
        },
      },
      ...options,
    },
  );

/** The toy, which is stopped as by a signal at this update. */
const stopping = (update: number): AnyTrain => ({
  ...toy,
  step(training: Training<toy.Params, toy.State, toy.Slots>, batch: toy.Batch) {
    if (training.update === update) process.emit('SIGTERM', 'SIGTERM');
    return toy.step(training, batch);
  },
});

const refused = (changes: Changes): Promise<string> => refusal(() => run(changes), folder);
const json = (...parts: string[]) => JSON.parse(readFileSync(path.join(folder, ...parts), 'utf8'));

describe('a run', () => {
  test('prints figures and paths, the folder last', async () => {
    const { folder: made } = await run({ emitted: [{ path: 'toy.ts', text: 'export {};\n' }] });
    const lines = printed
      .replaceAll(folder, '…')
      .replace(/\d+\.\d\d ms/g, '# ms')
      .replace(/\d+s$/gm, '#s')
      .replace(/\d\.\d+e-\d+/g, '#e-#')
      .replace(/ +$/gm, '');
    expect(lines).toMatchInlineSnapshot(`
      "backend cpu: as asked
      epoch 1/3  loss 0.9400  validation loss 0.2466  accuracy 100.00%  #s
      epoch 2/3  loss 0.1705  validation loss 0.0349  accuracy 100.00%  #s
      epoch 3/3  loss 0.0678  validation loss 0.0148  accuracy 100.00%  #s

      test accuracy       100.00% of 60 samples, loss 0.0166
      train program       12 nodes a step: forward, backward, update
      infer program       2 nodes, and 2 once to fold the weights; 4 unfolded
      fold-batchnorm      norm: folded into dense
      elide-dropout       drop1: removed
      largest difference  #e-# between unfolded and folded outputs
      speed               # ms unfolded, # ms folded, for 256 samples

      …/runs/toy-1/report.html             all of it as a page
      …/runs/toy-1/weights.safetensors     the trained weights
      …/runs/toy-1/summary.json            these figures
      …/runs/toy-1/history.jsonl           losses by epoch and update
      …/runs/toy-1/spec.nrm                the resolved spec
      …/runs/toy-1/checkpoint.safetensors  everything to go on from
      …/runs/toy-1/run.json                what was run, on which data
      …/runs/toy-1/toy.ts                  the code that was run

      …/runs/toy-1
      "
    `);
    expect(printed.trimEnd().split('\n').at(-1)).toBe(made);
  });

  test('leaves everything in its folder', async () => {
    const { folder: made, summary } = await run({
      overrides: { policy: 'Plain' },
      emitted: [{ path: 'toy.ts', text: 'export {};\n' }],
    });
    expect(made).toBe(path.join(folder, 'runs/toy-1'));
    expect(readdirSync(made).sort()).toEqual([
      'checkpoint.safetensors',
      'history.jsonl',
      'report.html',
      'run.json',
      'spec.nrm',
      'summary.json',
      'toy.ts',
      'weights.safetensors',
    ]);
    expect(json('runs/toy-1/summary.json')).toEqual(summary);
    expect(summary).toMatchObject({
      testAccuracy: 1,
      testSamples: 60,
      backend: 'cpu',
      seed: 7,
      epochs: 3,
      updates: 36,
      best: { epoch: 3 },
      passes: [
        { name: 'fold-batchnorm', rewrites: 1, refused: 0 },
        { name: 'elide-dropout', rewrites: 1, refused: 0 },
      ],
    });
    expect(summary?.foldedMaxDifference).toBeLessThan(1e-5);
    expect(json('runs/toy-1/run.json')).toMatchObject({
      status: 'finished',
      source: path.join(folder, 'toy.nrm'),
      overrides: { policy: 'Plain' },
      data: { folder: path.join(folder, 'data/stripes') },
    });
    expect(readFileSync(path.join(made, 'spec.nrm'), 'utf8')).toBe(config.spec);
    const history = readFileSync(path.join(made, 'history.jsonl'), 'utf8').trim().split('\n');
    expect(history.map((line) => JSON.parse(line).kind)).toEqual(['epoch', 'epoch', 'epoch', 'test']);
    const file = path.join(made, 'weights.safetensors');
    const weights = readTensors(file);
    expect([...weights.tensors.keys()].sort()).toEqual(['dense.bias', 'dense.kernel', 'norm.mean']);
    expect(trainedUnder(weights, file)).toMatchObject({
      spec: config.spec,
      probabilities: { dense: 'softmax' },
      preprocessing: { image: { kind: 'minmax' } },
    });
  });

  test('is the same each time, file by file; each has its own number', async () => {
    await run();
    await run();
    mkdirSync(path.join(folder, 'runs/toy-9'));
    expect((await run({ epochs: 1 })).folder).toBe(path.join(folder, 'runs/toy-10'));
    const bytes = (name: string): Buffer => readFileSync(path.join(folder, 'runs', name, 'weights.safetensors'));
    expect(bytes('toy-2').equals(bytes('toy-1'))).toBe(true);
    expect(bytes('toy-10').equals(bytes('toy-1'))).toBe(false);
    expect(json('runs/toy-10/summary.json')).toMatchObject({ epochs: 1, updates: 12 });
  });

  test('quiet is silent; no tensors are left', async () => {
    await run({ quiet: true });
    const before = tf.memory().numTensors;
    await run({ quiet: true });
    expect(printed).toBe('');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is evaluated again to the same figures', async () => {
    const { folder: made, summary } = await run();
    const comparison = await evaluateRun(toy, config, made, { backend: 'cpu', quiet: true });
    const { testAccuracy: accuracy, testLoss: loss } = summary ?? {};
    expect(comparison.scores).toEqual({ loss, outputs: { dense: { loss, accuracy } }, samples: 60 });
    expect(comparison.foldedMaxDifference).toBe(summary?.foldedMaxDifference);
  });

  test('never overwrites', async () => {
    await run({ run: 'mine' });
    expect(await refused({ run: 'mine' })).toMatchInlineSnapshot(`
      "error[NRM5102]: mine exists and is not empty; a run never overwrites
        = help: choose another \`--run\`; a run that is not finished goes on with \`--resume mine\`
        = explain: nrmc explain NRM5102"
    `);
    mkdirSync(path.join(folder, 'empty'));
    expect((await run({ run: 'empty' })).folder).toBe(path.join(folder, 'empty'));
  });

  test('where nothing can be written', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    expect(await refused({ run: 'file' })).toMatchInlineSnapshot(`
      "error[NRM5103]: cannot write …/file: it is a file, not a folder
        = help: choose another folder, or free this one
        = explain: nrmc explain NRM5103"
    `);
    expect(await refused({ run: 'file/run' })).toMatch(
      /^error\[NRM5103\]: cannot write …\/file\/run: it is a file, not a folder\n/,
    );
    writeFileSync(path.join(folder, 'runs'), '');
    expect(await refused({})).toMatch(/^error\[NRM5103\]: cannot write …\/runs/);
  });

  test('nothing is left behind by one that could not begin', async () => {
    await refused({ data: path.join(folder, 'nowhere') });
    await refused({ config: { batch: 1000, last: 'drop' } });
    expect(existsSync(path.join(folder, 'runs'))).toBe(false);
  });
});

describe('going on', () => {
  const begun = async (): Promise<string> => (await run({ module: stopping(15), run: 'mine' })).folder;

  test('from a signal, to the same weights', async () => {
    expect(await run({ module: stopping(15), run: 'mine' })).toMatchObject({ summary: null, signal: 'SIGTERM' });
    expect(json('mine/run.json')).toMatchObject({ status: 'interrupted' });
    await run({ resume: path.join(folder, 'mine'), backend: undefined });
    expect(printed).toContain('goes on after update 15\n');
    await run({ run: 'whole' });
    const bytes = (name: string): Buffer => readFileSync(path.join(folder, name, 'weights.safetensors'));
    expect(bytes('mine').equals(bytes('whole'))).toBe(true);
    expect(json('mine/run.json')).toMatchObject({ status: 'finished' });
  });

  test('without a checkpoint it says that it begins again', async () => {
    const resume = await begun();
    expect(printed).not.toContain('begins again');
    rmSync(path.join(resume, 'checkpoint.safetensors'));
    await run({ resume, backend: undefined });
    expect(printed).toContain('there is no checkpoint yet: begins again with update 1\n');
  });

  test('killed after its last update, it only finishes', async () => {
    const { folder: made } = await run({ run: 'mine' });
    const before = readFileSync(path.join(made, 'weights.safetensors'));
    for (const file of ['weights.safetensors', 'summary.json']) rmSync(path.join(made, file));
    writeFileSync(path.join(made, 'run.json'), JSON.stringify({ ...json('mine/run.json'), status: 'running' }));
    const { summary } = await run({ resume: made });
    expect(summary?.updates).toBe(36);
    expect(readFileSync(path.join(made, 'weights.safetensors')).equals(before)).toBe(true);
  });

  test('the number of epochs it began with is kept', async () => {
    await run({ module: stopping(15), run: 'mine', epochs: 2 });
    const { summary } = await run({ resume: path.join(folder, 'mine') });
    expect(summary?.epochs).toBe(2);
  });

  test('not of a finished run', async () => {
    await run({ run: 'mine' });
    expect(await refused({ resume: path.join(folder, 'mine') })).toMatchInlineSnapshot(`
      "error[NRM5107]: …/mine is finished; there is nothing to resume
        = help: \`nrmc evaluate …/mine\` evaluates it again
        = explain: nrmc explain NRM5107"
    `);
  });

  test('not under another spec: the difference is shown', async () => {
    const resume = await begun();
    const spec = config.spec.replace('dense(3)', 'dense(4) act');
    expect(await refused({ resume, config: { spec } })).toMatchInlineSnapshot(`
      "error[NRM5105]: the spec is not the one that …/mine was begun with
        - dense(3)
        + dense(4) act
        = help: put the spec back as it was (the folder has it as spec.nrm), or begin a new run
        = explain: nrmc explain NRM5105"
    `);
    expect(await refused({ resume, epochs: 9 })).toMatchInlineSnapshot(`
      "error[NRM5105]: the spec is not the one that …/mine was begun with
        - epochs: 3
        + epochs: 9
        = help: put the spec back as it was (the folder has it as spec.nrm), or begin a new run
        = explain: nrmc explain NRM5105"
    `);
  });

  test('not on other data', async () => {
    const resume = await begun();
    writeData(path.join(folder, 'data'), { test: 61 });
    expect(await refused({ resume })).toMatchInlineSnapshot(`
      "error[NRM5106]: the data are not those that …/mine was begun with
        …/data/stripes/t10k-images-idx3-ubyte.gz
        …/data/stripes/t10k-labels-idx1-ubyte
        = help: name the folder with the same files by \`--data DIR\`, or begin a new run
        = explain: nrmc explain NRM5106"
    `);
  });

  test('not in a folder that is no run', async () => {
    const at = (...parts: string[]): string => path.join(folder, ...parts);
    expect(await refused({ resume: at('data') })).toMatchInlineSnapshot(`
      "error[NRM5104]: …/data is not a run: run.json: no such file or directory
        = help: a run is a folder that \`nrmc train\` has written, such as runs/lenet-1
        = explain: nrmc explain NRM5104"
    `);
    const resume = await begun();
    const reason = async (): Promise<string | undefined> => (await refused({ resume })).split('\n')[0];
    const info = readFileSync(at('mine/run.json'), 'utf8');
    const reasons: (string | undefined)[] = [];
    for (const text of ['{', '{}', info.replace('"backend"', '"other"')]) {
      writeFileSync(at('mine/run.json'), text);
      reasons.push(await reason());
    }
    writeFileSync(at('mine/run.json'), info);
    writeFileSync(at('mine/spec.nrm'), 'network Other {}\n');
    reasons.push(await reason());
    rmSync(at('mine/spec.nrm'));
    reasons.push(await reason());
    expect(reasons).toMatchInlineSnapshot(`
      [
        "error[NRM5104]: …/mine is not a run: run.json is not JSON",
        "error[NRM5104]: …/mine is not a run: run.json is not of a run",
        "error[NRM5104]: …/mine is not a run: run.json is not of a run",
        "error[NRM5104]: …/mine is not a run: its spec.nrm was edited",
        "error[NRM5104]: …/mine is not a run: spec.nrm: no such file or directory",
      ]
    `);
  });

  test('not from a damaged checkpoint', async () => {
    const resume = await begun();
    const file = path.join(resume, 'checkpoint.safetensors');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, -1));
    expect(await refused({ resume })).toMatch(/^error\[NRM5001\]: …\/mine\/checkpoint.safetensors /);
    writeFileSync(file, readFileSync(path.join(resume, 'spec.nrm')));
    expect(await refused({ resume })).toMatch(/^error\[NRM5001\]/);
  });

  test('another version or backend is said', async () => {
    const resume = await begun();
    await run({ resume, config: { version: '0.2.0' } });
    expect(printed).toContain('begun with nrmc 0.1.0, gone on with 0.2.0: numbers may differ\n');
    expect(printed).not.toContain('will not be the same');
    const other = (await run({ module: stopping(15), run: 'other' })).folder;
    await run({ resume: other, backend: 'wasm' });
    expect(printed).toContain('the run was on cpu: the numbers will not be the same\n');
  });
});

describe('values that are not finite', () => {
  const breaking = (update: number): AnyTrain => ({
    ...toy,
    step(training: Training<toy.Params, toy.State, toy.Slots>, batch: toy.Batch) {
      const report = toy.step(training, batch);
      if (training.update === update) tf.tidy(() => training.params.dense.bias.assign(tf.fill([3], Number.NaN)));
      return report;
    },
  });

  test('the last good weights are there, and the run has failed', async () => {
    expect(await refused({ module: breaking(20), run: 'mine' })).toMatchInlineSnapshot(`
      "error[NRM5101]: the loss of update 21 is NaN: \`dense.bias\` is not finite since update 20
        = help: the weights of the last finite loss are kept in …/mine/weights.safetensors; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101"
    `);
    expect(json('mine/run.json')).toMatchObject({ status: 'failed' });
    const { tensors } = readTensors(path.join(folder, 'mine/weights.safetensors'));
    expect([...tensors.values()].every(({ values }) => values.every(Number.isFinite))).toBe(true);
    // The mistake mended, it goes on from the last checkpoint.
    const { summary } = await run({ resume: path.join(folder, 'mine') });
    expect(summary?.testAccuracy).toBe(1);
  });
});

describe('evaluating', () => {
  test('a run without weights', async () => {
    const { folder: made } = await run({ run: 'mine' });
    for (const file of ['weights.safetensors', 'checkpoint.safetensors']) rmSync(path.join(made, file));
    expect(await refusal(() => evaluateRun(toy, config, made), folder)).toMatchInlineSnapshot(`
      "error[NRM5109]: …/mine has no weights yet
        = help: train it first: \`nrmc train --resume …/mine\`
        = explain: nrmc explain NRM5109"
    `);
  });

  test('an interrupted run by its checkpoint, on other data', async () => {
    const { folder: made } = await run({ module: stopping(15), run: 'mine' });
    writeData(path.join(folder, 'more'), { test: 90 });
    const { scores } = await evaluateRun(toy, config, made, {
      backend: 'cpu',
      quiet: true,
      data: path.join(folder, 'more'),
    });
    expect(scores.samples).toBe(90);
  });

  test('weights of another network', async () => {
    const { folder: made } = await run({ run: 'mine' });
    const other: AnyTrain = {
      ...toy,
      init: (seed) => ({ ...toy.init(seed), params: { dense: { kernel: tf.variable(tf.zeros([16, 5])) } } }),
    };
    expect(await refusal(() => evaluateRun(other, config, made, { backend: 'cpu', quiet: true }), folder)).toMatch(
      /^error\[NRM5002\]/,
    );
  });
});
