/** Training as a user does it, in processes: runs, interruptions, predictions, and what goes wrong. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeSafetensors as decode, encodeSafetensors as encode } from '../../src/runtime/safetensors.ts';
import { writeDataSet } from './data.ts';
import { command, nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);
const spec = `
network Bands(width = 4) {
  input image: float32[12, 7, 1]

  conv(width, kernel: [3, 2], stride: 2, padding: valid)  norm  act
  flatten
  dense(12)  act  drop
  dense(3)
}

policy Full {
  norm: batch(momentum: 0.8)   act: relu   drop: dropout(drop: 0.2)
  conv, dense { decay: 1e-3 }
  gradient { clip: global_norm(2) }
}

policy Bare { act: tanh }

data Pictures {
  source: idx("bands")
  fields { image: float32[12, 7, 1] = standardize   label: class(3) }
  validation: 10%
}

train bands {
  network: Bands   policy: Full   data: Pictures
  loss: cross_entropy   optimizer: adam(rate: 1e-2)   schedule: cosine(warmup: 5)
  batch: 8   epochs: 6   metrics: [accuracy]   seed: 5
}
`;

/** Leads an entry that node runs by itself to this nrmc, as an installed package would. */
const loader = ['--import', new URL('./provide-runtime.ts', import.meta.url).href];

const summary = (run: string) => JSON.parse(readFileSync(at(run, 'summary.json'), 'utf8'));
const weights = (run: string): Buffer => readFileSync(at(run, 'weights.safetensors'));

beforeAll(() => {
  writeDataSet(folder, 'bands', { height: 12, width: 7, classes: 3, train: 200, test: 60 });
  writeFileSync(at('bands.nrm'), spec);
  const { code, err } = nrmc(folder, 'train', 'bands.nrm', '--run', 'whole');
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

describe('a run', () => {
  test('learns, and leaves what the summary says', () => {
    const figures = summary('whole');
    expect(figures).toMatchObject({ backend: 'wasm', seed: 5, testAccuracy: expect.any(Number) });
    expect(figures.testAccuracy).toBeGreaterThan(0.9);
    expect(figures.foldedMaxDifference).toBeLessThan(1e-3);
    expect(figures.predictMs).toBeGreaterThan(0);
    expect(figures.foldedPredictMs).toBeGreaterThan(0);
    expect(figures.passes).toContainEqual(expect.objectContaining({ name: 'fold-batchnorm', rewrites: 1, refused: 0 }));
    expect(readdirSync(at('whole')).sort()).toEqual([
      'bands.train.ts',
      'bands.ts',
      'checkpoint.safetensors',
      'history.jsonl',
      'report.html',
      'run.json',
      'spec.nrm',
      'summary.json',
      'weights.safetensors',
    ]);
  });

  test('is never overwritten; the next one has the next number', () => {
    const before = weights('whole');
    const { code, err } = nrmc(folder, 'train', 'bands.nrm', '--run', 'whole');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM51');
    expect(weights('whole')).toEqual(before);
    const runs = [1, 2].map(() =>
      nrmc(folder, 'train', 'bands.nrm', '--epochs', '1', '--policy', 'Bare').out.trimEnd().split('\n').at(-1),
    );
    expect(runs).toEqual([at('runs/bands-1'), at('runs/bands-2')]);
    expect(weights('runs/bands-1')).toEqual(weights('runs/bands-2'));
  });

  test('evaluates again to the same accuracy', () => {
    const percent = `${(summary('whole').testAccuracy * 100).toFixed(2)}%`;
    expect(nrmc(folder, 'evaluate', 'whole').out).toContain(percent);
  });

  test('the emitted entry trains to the same weights', () => {
    expect(nrmc(folder, 'train', 'bands.nrm', '--backend', 'cpu', '--epochs', '1', '--run', 'on-cpu').code).toBe(0);
    expect(summary('on-cpu').backend).toBe('cpu');
  });
});

describe('an interrupted run', () => {
  /** Kills a process that trains, `after` ms behind its first checkpoint. On a busy machine it may end before; then once more. */
  async function stopped(
    run: string,
    signal: NodeJS.Signals,
    after: number,
    ...args: readonly string[]
  ): Promise<number | null> {
    for (let attempt = 1; ; attempt++) {
      const code = await new Promise<number | null>((resolve) => {
        const child = spawn(process.execPath, [...args, '--run', run], { cwd: folder, stdio: 'ignore' });
        const timer = setInterval(() => {
          if (!existsSync(at(run, 'checkpoint.safetensors'))) return;
          clearInterval(timer);
          setTimeout(() => child.kill(signal), after);
        }, 5);
        child.on('exit', (status) => {
          clearInterval(timer);
          resolve(status);
        });
      });
      if (!existsSync(at(run, 'summary.json'))) return code;
      if (attempt === 8) throw new Error(`${run} always ended before it could be stopped`);
      rmSync(at(run), { recursive: true });
    }
  }
  const interrupted = (run: string, signal: NodeJS.Signals, after: number): Promise<number | null> =>
    stopped(run, signal, after, command, 'train', 'bands.nrm');

  test.each([
    ['SIGKILL', 0],
    ['SIGKILL', 45],
    ['SIGINT', 20],
  ] as const)(
    '%s, %d ms after the first checkpoint: goes on to the same weights, bit for bit',
    async (signal, after) => {
      const run = `killed-${signal}-${after}`;
      const code = await interrupted(run, signal, after);
      if (signal === 'SIGINT') expect(code).toBe(130);
      const resumed = nrmc(folder, 'train', '--resume', run);
      expect({ code: resumed.code, err: resumed.err }).toEqual({ code: 0, err: '' });
      expect(weights(run)).toEqual(weights('whole'));
      const epochs = readFileSync(at(run, 'history.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l))
        .filter((l) => l.kind === 'epoch');
      expect(epochs.map((e) => e.epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    },
  );

  test('a changed spec is refused, with the difference', async () => {
    await interrupted('changed', 'SIGKILL', 0);
    writeFileSync(at('bands.nrm'), spec.replace('drop: 0.2', 'drop: 0.4'));
    const { code, err } = nrmc(folder, 'train', '--resume', 'changed');
    writeFileSync(at('bands.nrm'), spec);
    expect(code).toBe(1);
    expect(err).toMatch(/- .*0\.2[\s\S]*\+ .*0\.4/);
    // Layout and comments are no change.
    writeFileSync(at('bands.nrm'), `// a comment\n${spec.replace('batch: 8   epochs: 6', 'batch: 8\n\n epochs: 6')}`);
    const again = nrmc(folder, 'train', '--resume', 'changed');
    writeFileSync(at('bands.nrm'), spec);
    expect(again.code).toBe(0);
    expect(weights('changed')).toEqual(weights('whole'));
  });

  test('begun by the emitted entry, gone on with by nrmc, and the other way round', async () => {
    const entry = at('entry/bands.train.ts');
    expect(nrmc(folder, 'build', 'bands.nrm', '--out', 'entry').code).toBe(0);
    await stopped('by-entry', 'SIGKILL', 0, ...loader, entry, '--data', 'data/bands');
    expect(nrmc(folder, 'train', '--resume', 'by-entry')).toMatchObject({ code: 0, err: '' });
    expect(weights('by-entry')).toEqual(weights('whole'));
    await stopped('by-nrmc', 'SIGKILL', 0, command, 'train', 'bands.nrm');
    const { status, stderr } = spawnSync(process.execPath, [...loader, entry, '--resume', 'by-nrmc'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(weights('by-nrmc')).toEqual(weights('whole'));
  });

  test('a run that another process has is left alone', async () => {
    const run = at('taken');
    cpSync(at('whole'), run, { recursive: true });
    const info = JSON.parse(readFileSync(path.join(run, 'run.json'), 'utf8'));
    writeFileSync(path.join(run, 'run.json'), JSON.stringify({ ...info, status: 'interrupted' }));
    writeFileSync(path.join(run, 'run.lock'), String(process.pid));
    const { code, err } = nrmc(folder, 'train', '--resume', 'taken');
    expect(code).toBe(1);
    expect(err).toContain(`error[NRM5110]: process ${process.pid} is training in`);
    // Of a process that was killed and that nobody has waited for, where such can be told.
    if (process.platform === 'linux') {
      const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
      const pid = await new Promise<string>((resolve) => parent.stdout.once('data', (d) => resolve(String(d).trim())));
      while (!/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise((r) => setTimeout(r, 10));
      writeFileSync(path.join(run, 'run.lock'), pid);
      cpSync(run, at('taken-over'), { recursive: true });
      expect(nrmc(folder, 'train', '--resume', 'taken-over')).toMatchObject({ code: 0, err: '' });
      parent.kill();
    }
    // Of a process that is gone.
    writeFileSync(path.join(run, 'run.lock'), '999999999');
    expect(nrmc(folder, 'train', '--resume', 'taken')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(path.join(run, 'run.lock'))).toBe(false);
  });

  test('what a resumed run goes on with is recorded', async () => {
    await interrupted('switched', 'SIGKILL', 0);
    expect(nrmc(folder, 'train', '--resume', 'switched', '--backend', 'cpu').out).toContain('the run was on wasm');
    expect(JSON.parse(readFileSync(at('switched/run.json'), 'utf8'))).toMatchObject({
      backend: 'cpu',
      status: 'finished',
    });
  });

  test('while it is not finished, its checkpoint is what is evaluated', async () => {
    await interrupted('unfinished', 'SIGKILL', 0);
    // As a process before it may have left them.
    writeFileSync(at('unfinished/weights.safetensors'), 'stale');
    expect(nrmc(folder, 'evaluate', 'unfinished')).toMatchObject({ code: 0, err: '' });
  });

  test('a spec that is gone, or a file that it imports: goes on with what the run kept, and says so', async () => {
    const whole = spec.replace(/policy Full \{[^}]*\{[^}]*\}[^}]*\{[^}]*\}\n\}/, '');
    const policy = spec.slice(spec.indexOf('policy Full'), spec.indexOf('policy Bare'));
    writeFileSync(at('full.nrm'), policy);
    writeFileSync(at('apart.nrm'), `import { Full } from "./full.nrm"\n${whole}`);
    await stopped('apart', 'SIGKILL', 0, command, 'train', 'apart.nrm');
    cpSync(at('apart'), at('apart-2'), { recursive: true });
    rmSync(at('full.nrm'));
    const imported = nrmc(folder, 'train', '--resume', 'apart');
    expect({ code: imported.code, err: imported.err }).toEqual({
      code: 0,
      err: 'full.nrm is gone; going on with the code that the run kept, of its spec.nrm\n',
    });
    rmSync(at('apart.nrm'));
    const { code, err } = nrmc(folder, 'train', '--resume', 'apart-2');
    expect({ code, err }).toEqual({
      code: 0,
      err: 'apart.nrm is gone; going on with the code that the run kept, of its spec.nrm\n',
    });
    // They carry the name of the spec beside the same numbers.
    const numbers = (run: string) => [...decode(weights(run), run).tensors];
    expect(numbers('apart')).toEqual(numbers('whole'));
    expect(weights('apart-2')).toEqual(weights('apart'));
  });

  test('a folder that is no run', () => {
    expect(nrmc(folder, 'train', '--resume', 'data')).toMatchObject({ code: 1, out: '' });
  });
});

describe('prediction', () => {
  const raw = { shape: [5, 12, 7, 1], values: Float32Array.from({ length: 5 * 84 }, (_, i) => (i * 37) % 256) };
  const predict = (output: string, ...more: readonly string[]) => {
    writeFileSync(at('x.safetensors'), encode({ tensors: new Map([['image', raw]]), metadata: {} }));
    const shown = nrmc(
      folder,
      'predict',
      'bands.nrm',
      '--weights',
      'whole/weights.safetensors',
      '--input',
      'x.safetensors',
      '--output',
      output,
      ...more,
    );
    expect({ code: shown.code, err: shown.err }).toEqual({ code: 0, err: '' });
    const [tensor] = decode(readFileSync(at(output)), output).tensors.values();
    return { shape: tensor?.shape, values: [...(tensor?.values ?? [])] };
  };

  let folded: ReturnType<typeof predict>;
  beforeAll(() => {
    folded = predict('y.safetensors');
  });

  test('folded and unfolded agree; probabilities add up', () => {
    const unfolded = predict('unfolded.safetensors', '--no-fold');
    expect(folded.shape).toEqual([5, 3]);
    for (const [i, value] of folded.values.entries()) {
      expect(Math.abs(value - (unfolded.values[i] ?? Number.NaN))).toBeLessThan(1e-4);
    }
    const { values } = predict('p.safetensors', '--probabilities');
    for (let i = 0; i < 5; i++) expect(values.slice(3 * i, 3 * i + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test('of a run, by its folder', () => {
    const { code, err } = nrmc(
      folder,
      ...['predict', 'bands.nrm', '--weights', 'whole', '--input', 'x.safetensors', '--output', 'run.safetensors'],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [tensor] = decode(readFileSync(at('run.safetensors')), '').tensors.values();
    expect([...(tensor?.values ?? [])]).toEqual(folded.values);
  });

  test('the weights bring their policy along, whatever the spec says now', () => {
    writeFileSync(
      at('bands.nrm'),
      spec.replace('policy: Full', 'policy: Bare').replace('batch(momentum: 0.8)', 'batch(epsilon: 0.5)'),
    );
    const after = predict('after.safetensors');
    writeFileSync(at('bands.nrm'), spec);
    expect(after).toEqual(folded);
  });

  test('weights of another network: every mismatch is listed, nothing is written', () => {
    writeFileSync(at('wide.nrm'), spec.replace('width = 4', 'width = 5'));
    const { code, err } = nrmc(
      folder,
      'predict',
      'wide.nrm',
      '--weights',
      'whole/weights.safetensors',
      '--input',
      'x.safetensors',
      '--output',
      'none.safetensors',
    );
    expect(code).toBe(1);
    expect(err).toMatchInlineSnapshot(`
      "error[NRM5002]: whole/weights.safetensors does not fit Bands: 6 mismatches
        conv1.kernel: [3, 2, 1, 5] in the network, [3, 2, 1, 4] in the file
        norm1.gamma: [5] in the network, [4] in the file
        norm1.beta: [5] in the network, [4] in the file
        dense1.kernel: [75, 12] in the network, [60, 12] in the file
        norm1.mean: [5] in the network, [4] in the file
        norm1.variance: [5] in the network, [4] in the file
        = help: nothing was loaded; use the spec that these weights were trained as: \`nrmc predict whole/spec.nrm …\`
        = explain: nrmc explain NRM5002

      "
    `);
    expect(existsSync(at('none.safetensors'))).toBe(false);
  });
});

describe('prediction that would mislead', () => {
  test('an input that was renamed gets the preprocessing it was trained with', () => {
    writeFileSync(at('renamed.nrm'), spec.replaceAll('image', 'pixels'));
    const [before, after] = ['bands.nrm', 'renamed.nrm'].map((file) => {
      const output = `${file}.safetensors`;
      nrmc(
        folder,
        'predict',
        file,
        '--weights',
        'whole/weights.safetensors',
        '--input',
        'x.safetensors',
        '--output',
        output,
      );
      const [tensor] = decode(readFileSync(at(output)), output).tensors.values();
      return tensor?.values;
    });
    expect(after).toEqual(before);
  });

  const predict = (file: string, input = 'x.safetensors') =>
    nrmc(
      folder,
      'predict',
      file,
      '--weights',
      'whole/weights.safetensors',
      '--input',
      input,
      '--output',
      'misled.safetensors',
    );

  test('a network that has changed since: a warning, with the difference', () => {
    writeFileSync(at('changed.nrm'), spec.replace('dense(12)  act  drop', 'dense(12)  act(tanh)  drop'));
    const { code, err } = predict('changed.nrm');
    expect(code).toBe(0);
    expect(err).toMatchInlineSnapshot(`
      "warning[NRM0114]: \`Bands\` is not what whole/weights.safetensors was trained with: - act; + act(tanh)
        = help: the weights fit all the same, so prediction goes on; its values may mean something else
        = explain: nrmc explain NRM0114

      "
    `);
  });

  test('a network that the policy of the weights does not fit', () => {
    const text = spec
      .replace('dense(12)  act  drop', 'dense(12)')
      .replace('norm  act', 'act')
      .replaceAll('Full', 'Other');
    writeFileSync(
      at('other.nrm'),
      text.replace('norm: batch(momentum: 0.8)', '').replace('drop: dropout(drop: 0.2)', ''),
    );
    const { code, err } = predict('other.nrm');
    expect(code).toBe(1);
    expect(err).toMatchInlineSnapshot(`
      "error[NRM0113]: whole/weights.safetensors was trained as \`Bands\` under policy \`Full\`; that policy does not fit \`bands\` of other.nrm
        = help: predict with the network that the weights were trained for, or name a policy of the file with \`--policy\`
        = explain: nrmc explain NRM0113

      "
    `);
  });

  test('an input that is not finite', () => {
    const values = new Float32Array(2 * 84).fill(1);
    values[100] = Number.NaN;
    writeFileSync(
      at('nan.safetensors'),
      encode({ tensors: new Map([['image', { shape: [2, 12, 7, 1], values }]]), metadata: {} }),
    );
    const { code, err } = predict('bands.nrm', 'nan.safetensors');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM4018]: nan.safetensors: `image` holds NaN in sample 1');
    expect(existsSync(at('misled.safetensors'))).toBe(true);
  });
});

describe('what goes wrong', () => {
  const training = (text: string, ...more: readonly string[]) => {
    writeFileSync(at('wrong.nrm'), text);
    return nrmc(folder, 'train', 'wrong.nrm', ...more);
  };

  test('data that are not there: every place that was looked at', () => {
    const { code, err } = training(spec.replace('idx("bands")', 'idx("nowhere")'));
    expect(code).toBe(1);
    expect(err.replaceAll(folder, '…')).toMatchInlineSnapshot(`
      "error[NRM4001]: no data set \`nowhere\`; looked in
        …/data/nowhere
        = help: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz there (idx2 for vectors, idx4 for pictures in colour), or name their folder with \`--data DIR\`
        = explain: nrmc explain NRM4001

      "
    `);
  });

  test('labels outside the classes', () => {
    writeDataSet(folder, 'four', { height: 12, width: 7, classes: 4, train: 40, test: 20 });
    const { code, err } = training(spec.replace('idx("bands")', 'idx("four")'));
    expect(code).toBe(1);
    expect(err.replaceAll(folder, '…')).toMatchInlineSnapshot(`
      "error[NRM4010]: …/data/four/train-labels-idx1-ubyte: label 3 of sample 4 is outside \`label: class(3)\`, 0 to 2
        = help: labels count from 0: with a label 3 it is at least \`class(4)\`
        = explain: nrmc explain NRM4010

      "
    `);
  });

  test('a file that was cut short', () => {
    const place = writeDataSet(folder, 'cut', { height: 12, width: 7, classes: 3, train: 40, test: 20 });
    const file = path.join(place, 't10k-labels-idx1-ubyte');
    writeFileSync(file, readFileSync(file).subarray(0, 20));
    const { code, err } = training(spec.replace('idx("bands")', 'idx("cut")'));
    expect(code).toBe(1);
    expect(err.replaceAll(folder, '…')).toMatchInlineSnapshot(`
      "error[NRM4007]: …/data/cut/t10k-labels-idx1-ubyte is cut short: [20] needs 28 bytes, it has 20
        = help: download or copy it again; a transfer may have been cut short
        = explain: nrmc explain NRM4007

      "
    `);
  });

  test('a loss that is not finite: the step and the first layer, and the last good weights kept', () => {
    const { code, err } = training(
      spec.replace('adam(rate: 1e-2)', 'sgd(rate: 1e38)').replace('cosine(warmup: 5)', 'constant'),
      '--run',
      'nan',
    );
    expect(code).toBe(1);
    expect(err.replaceAll(folder, '…')).toMatchInlineSnapshot(`
      "error[NRM5101]: the loss of update 2 is NaN: \`norm1\` is the first layer that is not finite
        = help: the weights of the last finite loss are kept in …/nan/weights.safetensors; a smaller \`rate\`, a warm-up or \`gradient { clip: global_norm(1) }\` may help
        = explain: nrmc explain NRM5101

      "
    `);
    const { tensors } = decode(weights('nan'), 'weights');
    expect([...tensors.values()].every((t) => t.values.every(Number.isFinite))).toBe(true);
  });

  test('a folder that cannot be written', () => {
    writeFileSync(at('file'), '');
    const { code, err } = training(spec, '--run', 'file/run');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM51');
  });
});
