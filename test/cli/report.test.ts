/** Looking into training, and the page that every run leaves, in processes. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { all, read as readXml } from '../picture/xml.ts';
import { writeDataSet } from './data.ts';
import { command, nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);
const spec = `
network Bands {
  input image: float32[8, 6, 1]
  conv(3, kernel: 3)  norm  act
  flatten
  dense(8)  act  drop
  dense(3)
}

policy Full {
  norm: batch   act: relu   drop: dropout(drop: 0.2)
  conv, dense { decay: 1e-3 }
}

/// First weights that are far too large: what comes of them is saturated.
policy Saturated { act: tanh   conv, dense { init: normal(sigma: 20) } }

data Pictures {
  source: idx("bands")
  fields { image: float32[8, 6, 1] = standardize   label: class(3) }
  validation: 20%
}

train bands {
  network: Bands   policy: Full   data: Pictures
  loss: cross_entropy   optimizer: adam(rate: 0.01)
  batch: 10   epochs: 3   seed: 5
}
`;

const read = (run: string, file: string): string => readFileSync(at(run, file), 'utf8');
interface Line {
  readonly kind: string;
  readonly update: number;
}
const looked = (run: string): readonly Line[] =>
  read(run, 'history.jsonl')
    .split('\n')
    .filter((line) => line.startsWith('{"kind":"inspect"'))
    .map((line): Line => JSON.parse(line));
const page = (run: string) => {
  const html = read(run, 'report.html');
  const root = readXml(html.slice(html.indexOf('\n')).trim());
  return { html, titles: all(root).flatMap((e) => (e.name === 'h2' ? [e.text] : [])) };
};

let printed = '';

beforeAll(() => {
  writeDataSet(folder, 'bands', { height: 8, width: 6, classes: 3, train: 150, test: 40 });
  writeFileSync(at('bands.nrm'), spec);
  const { code, err, out } = nrmc(folder, 'train', 'bands.nrm', '--backend', 'cpu', '--run', 'whole', '--inspect');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  printed = out;
});

describe('a run that is looked into', () => {
  test('keeps what it saw, from before the first update on', () => {
    expect(looked('whole').map((line) => line.update)).toEqual([0, 12, 24, 36]);
    expect(looked('whole')[0]).toMatchObject({
      epoch: 1,
      samples: 10,
      layers: { act1: { units: 3, dead: expect.any(Number), gradient: { norm: expect.any(Number) } } },
      parameters: { 'conv1.kernel': { moved: null } },
    });
    expect(JSON.parse(read('whole', 'run.json'))).toMatchObject({ inspect: { every: null } });
  });

  test('ends with a short table', () => {
    expect(printed).toMatch(/\ninside +dead +spread +gradient\nconv1 /);
    expect(printed).toContain('report.html');
  });

  test('its page has what it is worth, its mistakes, its inside and its picture', () => {
    expect(page('whole').titles).toEqual([
      'Result',
      'Training',
      'Mistakes',
      'Inside the network',
      'Network',
      'Spec, with every default written out',
      'The run',
    ]);
  });

  test('interrupted: its page says so; gone on with, it has seen the same', async () => {
    for (let attempt = 1; !existsSync(at('cut', 'report.html')) && attempt <= 5; attempt++) {
      rmSync(at('cut'), { recursive: true, force: true });
      await new Promise<void>((resolve) => {
        const args = ['train', 'bands.nrm', '--backend', 'cpu', '--run', 'cut', '--inspect'];
        const child = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: 'ignore' });
        const timer = setInterval(() => {
          if (!existsSync(at('cut', 'history.jsonl')) || !read('cut', 'history.jsonl').includes('"kind":"epoch"'))
            return;
          clearInterval(timer);
          child.kill('SIGINT');
        }, 2);
        child.on('exit', () => {
          clearInterval(timer);
          resolve();
        });
      });
      if (JSON.parse(read('cut', 'run.json')).status === 'finished')
        rmSync(at('cut'), { recursive: true, force: true });
    }
    expect(page('cut').html).toContain('This run was interrupted');
    expect(page('cut').titles).toContain('Inside the network');
    const { code } = nrmc(folder, 'train', '--resume', 'cut');
    expect(code).toBe(0);
    expect(looked('cut')).toEqual(looked('whole'));
    expect(page('cut').html).not.toContain('This run was interrupted');
  });

  test('after every so many updates, and not again of a run that goes on', () => {
    const { code, out } = nrmc(
      folder,
      ...['train', 'bands.nrm', '--backend', 'cpu', '--run', 'often', '--inspect-every', '20', '--policy', 'Saturated'],
    );
    expect(code).toBe(0);
    expect(looked('often').map((line) => line.update)).toEqual([0, 20]);
    expect(out).toMatch(/ {2}inside: act2: \d+% of its values are saturated/);
    expect(nrmc(folder, 'train', '--resume', 'often', '--inspect').code).toBe(2);
  });
});

describe('a run that is not', () => {
  test('has a page too, and code without `probe`', () => {
    const { code, out } = nrmc(folder, 'train', 'bands.nrm', '--backend', 'cpu', '--run', 'plain', '--epochs', '1');
    expect(code).toBe(0);
    expect(out).not.toContain('inside');
    expect(looked('plain')).toEqual([]);
    expect(read('plain', 'bands.ts')).not.toContain('probe');
    expect(page('plain').titles).toContain('Mistakes');
    expect(page('plain').titles).not.toContain('Inside the network');
    const summary = JSON.parse(read('plain', 'summary.json'));
    expect(summary).not.toHaveProperty('testTables');
  });
});

test('a run that fails leaves a page that says why', () => {
  const { code, err } = nrmc(
    folder,
    ...['train', 'bands.nrm', '--backend', 'cpu', '--run', 'broken', '--inspect'],
    ...['--set', 'optimizer=sgd(rate: 1e30)', '--set', 'policy.norm=none'],
  );
  expect(code).toBe(1);
  expect(err).toContain('NRM5101');
  expect(page('broken').html).toContain('This run failed');
  expect(page('broken').html).toContain('NRM5101');
  expect(page('broken').titles).toContain('Inside the network');
});

describe('nrmc report', () => {
  test('writes the same page again', () => {
    // Tips in the picture have the settings as they are written, which is in full in the folder's spec.
    const plain = (html: string): string => html.replaceAll(/<title>[^<]*<\/title>/g, '');
    const before = read('whole', 'report.html');
    rmSync(at('whole', 'report.html'));
    const file = path.join('whole', 'report.html');
    expect(nrmc(folder, 'report', 'whole')).toEqual({ code: 0, out: `${file}\n`, err: '' });
    expect(plain(read('whole', 'report.html'))).toBe(plain(before));
  });

  test('of a run whose spec nobody can read any more, without a picture', () => {
    cpSync(at('whole'), at('old'), { recursive: true });
    writeFileSync(at('old', 'spec.nrm'), 'network Old {');
    const { code, err } = nrmc(folder, 'report', 'old');
    expect(code).toBe(0);
    expect(err).toContain('no picture');
    expect(page('old').titles).not.toContain('Network');
  });

  test('NRM5104 of a folder that is no run', () => {
    writeFileSync(path.join(folder, 'whole', 'summary.json'), 'no summary');
    expect(nrmc(folder, 'report', 'whole').err).toContain('NRM5104]: whole is not a run: summary.json is not JSON');
    expect(nrmc(folder, 'report', 'data')).toMatchObject({ code: 1, err: expect.stringContaining('NRM5104') });
  });
});

describe('code that was built', () => {
  const loader = ['--import', new URL('./provide-runtime.ts', import.meta.url).href];
  const entry = (built: string, ...args: readonly string[]) => {
    const file = at(built, 'bands.train.ts');
    const given = ['--backend', 'cpu', '--data', at('data'), '--epochs', '1', ...args];
    return spawnSync(process.execPath, [...loader, file, ...given], { cwd: folder, encoding: 'utf8' });
  };

  test('with --inspect can be looked into; its page has no picture', () => {
    expect(nrmc(folder, 'build', 'bands.nrm', '--out', 'built', '--inspect').code).toBe(0);
    expect(nrmc(folder, 'build', 'bands.nrm', '--out', 'built', '--inspect', '--check').code).toBe(0);
    const { status, stderr } = entry('built', '--run', 'entry', '--inspect');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(looked('entry').map((line) => line.update)).toEqual([0, 12]);
    expect(page('entry').titles).toContain('Inside the network');
    expect(page('entry').titles).not.toContain('Network');
  });

  test('without it cannot: NRM5160', () => {
    expect(nrmc(folder, 'build', 'bands.nrm', '--out', 'bare').code).toBe(0);
    const { status, stderr } = entry('bare', '--run', 'refused', '--inspect');
    expect(status).toBe(1);
    expect(stderr).toContain('NRM5160');
    expect(existsSync(at('refused'))).toBe(false);
  });
});
