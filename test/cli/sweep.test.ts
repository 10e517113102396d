/** Sweeps as a user runs them, in processes: their cases, interruptions, failures, and what is refused. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
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
  dense(3)
}

policy Plain { act: relu }

data Pictures {
  source: idx("bands")
  fields { image: float32[12, 7, 1] = minmax   label: class(3) }
  validation: 10%
}

train bands {
  network: Bands   policy: Plain   data: Pictures
  loss: cross_entropy   optimizer: sgd(rate: 1e-2)
  batch: 8   epochs: 2   metrics: [accuracy]   seed: 5
}

sweep norms {
  train: bands
  over { policy.norm: [none, batch]  batch: [8, 16] }
  repeats: 2
}

// Long enough to be interrupted.
sweep pairs { train: bands  over { policy.norm: [none, batch] }  repeats: 2 }
sweep rates { train: bands  over { optimizer.rate: [1e-2, 1e30] } }
sweep batches { train: bands  over { last: [keep, drop]  batch: [8, 500] } }
`;

interface Case {
  readonly name: string;
  readonly status: string;
  readonly updates: number;
  readonly seed: number;
  readonly code: string | null;
}

const casesIn = (sweep: string): readonly Case[] => JSON.parse(readFileSync(at(sweep, 'sweep.json'), 'utf8')).cases;
const weights = (run: string): Buffer => readFileSync(at(run, 'weights.safetensors'));
/** The table without times. */
function table(sweep: string): readonly string[] {
  const rows = readFileSync(at(sweep, 'table.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const seconds = rows[0]?.indexOf('seconds') ?? -1;
  expect(seconds).toBeGreaterThan(0);
  return rows.map((cells) => cells.toSpliced(seconds, 1).join());
}

beforeAll(() => {
  writeDataSet(folder, 'bands', { height: 12, width: 7, classes: 3, train: 100, test: 40 });
  for (const file of ['bands.nrm', 'whole.nrm']) writeFileSync(at(file), spec);
});

describe('a sweep', () => {
  beforeAll(() => {
    const { code, err } = nrmc(folder, 'sweep', 'whole.nrm', 'norms', '--folder', 'whole');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('leaves a run for each case, a table and a page', () => {
    expect(casesIn('whole').map(({ name, status, updates, seed }) => [name, status, updates, seed])).toEqual([
      ['norm=none,batch=8,repeat=1', 'finished', 24, 5],
      ['norm=none,batch=8,repeat=2', 'finished', 24, 6],
      ['norm=none,batch=16,repeat=1', 'finished', 12, 5],
      ['norm=none,batch=16,repeat=2', 'finished', 12, 6],
      ['norm=batch,batch=8,repeat=1', 'finished', 24, 5],
      ['norm=batch,batch=8,repeat=2', 'finished', 24, 6],
      ['norm=batch,batch=16,repeat=1', 'finished', 12, 5],
      ['norm=batch,batch=16,repeat=2', 'finished', 12, 6],
    ]);
    expect(table('whole')).toHaveLength(5);
    expect(readFileSync(at('whole', 'report.html'), 'utf8')).toContain('8 runs in ');
    expect(existsSync(at('whole', 'run.lock'))).toBe(false);
  });

  test('each is what `nrmc train` makes of the same settings', () => {
    const set = ['--set', 'policy.norm=batch', '--set', 'batch=16', '--set', 'seed=6'];
    expect(nrmc(folder, 'train', 'whole.nrm', 'bands', ...set, '--run', 'alone').code).toBe(0);
    expect(weights('alone').equals(weights('whole/norm=batch,batch=16,repeat=2'))).toBe(true);
    expect(nrmc(folder, 'evaluate', 'whole/norm=batch,batch=16,repeat=2').code).toBe(0);
  });

  test('is finished, and overwritten by none', () => {
    expect(nrmc(folder, 'sweep', '--resume', 'whole').err).toContain('error[NRM5142]: whole is finished');
    const again = nrmc(folder, 'sweep', 'bands.nrm', 'norms', '--folder', 'whole');
    expect(again.code).toBe(1);
    expect(again.err).toContain('error[NRM5145]: whole exists and is not empty');
  });

  test('goes on only with the spec that it began with', () => {
    writeFileSync(at('whole.nrm'), spec.replace('[8, 16]', '[8, 4]'));
    const axes = nrmc(folder, 'sweep', '--resume', 'whole').err;
    expect(axes).toContain('error[NRM5141]');
    expect(axes).toContain('- batch: [8, 16]\n  + batch: [8, 4]');
    writeFileSync(at('whole.nrm'), spec.replace('rate: 1e-2', 'rate: 2e-2'));
    const rate = nrmc(folder, 'sweep', '--resume', 'whole').err;
    expect(rate).toMatch(
      /in norm=none,batch=8,repeat=1:\n {2}- optimizer: sgd\(rate: 0\.01.*\n {2}\+ optimizer: sgd\(rate: 0\.02/,
    );
  });
});

describe('an interrupted sweep', () => {
  /** Starts the sweep and calls `act` with its process once a case has a checkpoint. */
  const running = (
    sweep: string,
    act: (child: ReturnType<typeof spawn>, run: string) => void,
  ): Promise<number | null> =>
    new Promise((resolve) => {
      const args = ['sweep', 'bands.nrm', 'pairs', '--epochs', '40', '--jobs', '2', '--folder', sweep];
      const child = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: 'ignore' });
      const timer = setInterval(() => {
        const runs = existsSync(at(sweep)) ? readdirSync(at(sweep)).filter((name) => name.includes('=')) : [];
        const begun = runs.find(
          (run) => existsSync(at(sweep, run, 'checkpoint.safetensors')) && existsSync(at(sweep, run, 'run.lock')),
        );
        if (begun === undefined) return;
        clearInterval(timer);
        act(child, at(sweep, begun));
      }, 10);
      child.on('exit', (code) => {
        clearInterval(timer);
        resolve(code);
      });
    });

  test('keeps what is finished, and goes on to the same numbers', async () => {
    expect(nrmc(folder, 'sweep', 'bands.nrm', 'pairs', '--epochs', '40', '--folder', 'long').code).toBe(0);
    expect(await running('cut', (child) => child.kill('SIGINT'))).toBe(130);
    const cut = casesIn('cut').map((c) => c.status);
    expect(cut).toContain('interrupted');
    expect(cut).toContain('waiting');
    expect(existsSync(at('cut', 'report.html'))).toBe(false);
    const { code, err } = nrmc(folder, 'sweep', '--resume', 'cut');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(table('cut')).toEqual(table('long'));
    for (const { name } of casesIn('cut'))
      expect(weights(`cut/${name}`).equals(weights(`long/${name}`)), name).toBe(true);
  });

  test('a process that is killed is a row; resuming runs its case again', async () => {
    const killed = await running('killed', (_, run) => {
      process.kill(Number(readFileSync(path.join(run, 'run.lock'), 'utf8')), 'SIGKILL');
    });
    expect(killed).toBe(0);
    expect(casesIn('killed').flatMap((c) => (c.status === 'finished' ? [] : [[c.status, c.code]]))).toEqual([
      ['failed', 'NRM5143'],
    ]);
    expect(nrmc(folder, 'sweep', '--resume', 'killed').code).toBe(0);
    expect(table('killed')).toEqual(table('long'));
  });
});

test('a run that is finished although the sweep was told otherwise counts, without being run again', () => {
  const args = ['sweep', 'bands.nrm', 'rates', '--epochs', '1', '--folder', 'told'];
  expect(nrmc(folder, ...args).code).not.toBe(2);
  const record = JSON.parse(readFileSync(at('told', 'sweep.json'), 'utf8'));
  const [first, ...others] = record.cases;
  const before = weights(`told/${first.name}`);
  const failed = { ...first, status: 'failed', code: 'NRM5103', why: 'cannot write report.html' };
  writeFileSync(at('told', 'sweep.json'), JSON.stringify({ ...record, cases: [failed, ...others] }));
  const { code, out } = nrmc(folder, 'sweep', '--resume', 'told');
  expect({ code, finished: out.includes('1 of 1') }).toEqual({ code: 0, finished: true });
  expect(casesIn('told')[0]?.status).toBe('finished');
  expect(weights(`told/${first.name}`).equals(before)).toBe(true);
  expect(nrmc(folder, 'sweep', '--resume', 'told').err).toContain('error[NRM5142]');
});

describe('a case that cannot be', () => {
  test('fails in a row of its own, and does not stop the others', () => {
    const { code, out } = nrmc(folder, 'sweep', 'bands.nrm', 'rates', '--folder', 'rates');
    expect(code).toBe(0);
    expect(out).toMatch(/^rate=1e30 {2}failed: NRM5101: /m);
    expect(out).toMatch(/^1e30 +– +– +– +0 of 1, 1 failed$/m);
    expect(readFileSync(at('rates', 'runs.csv'), 'utf8')).toContain('rate=1e30,1e30,1,5,failed,');
  });

  test('is refused before the first is run, and left out when asked to', () => {
    const refused = nrmc(folder, 'sweep', 'bands.nrm', 'batches');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('error[NRM5144]: a case cannot be trained on these data\n  last=drop,batch=500: ');
    const { code, out } = nrmc(folder, 'sweep', 'bands.nrm', 'batches', '--dry-run', '--skip-invalid');
    expect(code).toBe(0);
    expect(out).toMatch(/^keep +500 +\d+ +2 +2$/m);
    expect(out).toMatch(/^drop +500 .* left out: 90 samples are left to train on, less than one batch of 500$/m);
    expect(out).toContain('3 runs, at most 48 updates');
    expect(existsSync(at('sweeps'))).toBe(false);
  });
});

test.each([
  [['bands.nrm'], 'error[NRM3423]: bands.nrm has several sweeps: say which'],
  [['bands.nrm', 'norm'], 'error[NRM3423]: bands.nrm has no sweep `norm`'],
  [['bands.nrm', 'norms', '--set', 'batch=4'], 'error[NRM3421]: `--set batch=4` sets `batch`'],
  [['--resume', 'data'], 'error[NRM5140]: data is not a sweep: sweep.json: no such file or directory'],
])('%j', (args, expected) => {
  const { code, err } = nrmc(folder, 'sweep', ...args);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(expected) });
});
