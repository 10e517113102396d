/** Tables and folders of images from the files to predictions, as a user does it, in processes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode as png } from 'fast-png';
import jpeg from 'jpeg-js';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeSafetensors, type StoredTensor } from '../../src/runtime/safetensors.ts';
import { nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);
const put = (name: string, content: string | Uint8Array): void => {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
};

const spec = `
network Small { input x: float32[2]  dense(8)  act  out: dense(3) }
network Net { input image: float32[6, 8, 1]  flatten  dense(8)  act  out: dense(2) }
policy Plain { act: tanh }

data Table {
  source: csv("table.csv")
  columns: { x: ["first one", second] }
  fields { x: float32[2] = standardize(per: channel)  kind: class(3) }
  test: 20%
}

data Bars {
  source: images("bars/train")
  test: images("bars/test")
  fields { image: float32[6, 8, 1] = [minmax, zca]  label: class(2) }
}

train table {
  network: Small  policy: Plain  data: Table
  loss: cross_entropy  optimizer: adam(rate: 0.05)  batch: 500  epochs: 60  metrics: [accuracy]
}

train bars {
  network: Net  policy: Plain  data: Bars
  loss: cross_entropy  optimizer: adam(rate: 0.01)  batch: 8  epochs: 6  metrics: [accuracy]
}
`;

/** A generator of its own, so that the files are the same on every machine. */
let state = 7;
const next = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** Grey bars along one axis or the other. */
function bars(label: number): { readonly width: number; readonly height: number; readonly data: Uint8Array } {
  const data = Uint8Array.from({ length: 48 }, (_, i) => {
    const place = label === 0 ? i % 8 : Math.floor(i / 8);
    return Math.floor(60 * next()) + (place % 2 === 0 ? 150 : 0);
  });
  return { width: 8, height: 6, data };
}

const asPng = (label: number): Uint8Array => png({ ...bars(label), channels: 1 });
function asJpeg(label: number): Uint8Array {
  const { width, height, data } = bars(label);
  const rgba = Uint8Array.from({ length: 4 * data.length }, (_, i) => (i % 4 === 3 ? 255 : (data[i >> 2] ?? 0)));
  return jpeg.encode({ width, height, data: rgba }, 95).data;
}

const outputs = (name: string): StoredTensor =>
  decodeSafetensors(Uint8Array.from(readFileSync(at(name))), name).tensors.get('out') ?? expect.fail();
const chosen = ({ shape: [n = 0, width = 1], values }: StoredTensor): number[] =>
  Array.from({ length: n }, (_, i) => {
    const row = [...values.subarray(i * width, (i + 1) * width)];
    return row.indexOf(Math.max(...row));
  });
const summary = (run: string) => JSON.parse(readFileSync(at(run, 'summary.json'), 'utf8'));

beforeAll(() => {
  put('net.nrm', spec);
  const rows = Array.from({ length: 150 }, (_, i) => [next() + (i % 3), i, 100 * (next() - (i % 3)), i % 3].join(','));
  put('data/table.csv', `first one,id,second,kind\n${rows.join('\n')}\n`);
  for (const [part, n] of [
    ['train', 20],
    ['test', 5],
  ] as const)
    for (const label of [0, 1])
      for (let i = 0; i < n; i++)
        put(
          `data/bars/${part}/${['across', 'down'][label]}/${i}.${i % 2 === 0 ? 'png' : 'jpg'}`,
          i % 2 === 0 ? asPng(label) : asJpeg(label),
        );
});

describe('a table', () => {
  test('is trained on, and told of a batch that is longer than it', () => {
    const { code, err, out } = nrmc(folder, 'train', 'net.nrm:table', '--run', 'table');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('warning[NRM5061]: `batch: 500` is more than the 120 samples to train on');
    expect(summary('table')).toMatchObject({ testSamples: 30 });
    const again = nrmc(folder, 'evaluate', 'table');
    expect(again.out).toContain(/test accuracy.*$/m.exec(out)?.[0] ?? expect.fail());
  });

  test('gives predictions by the columns that were trained on', () => {
    put('new.csv', 'second,first one,note\n50,0.5,7\n-150,2.5,7\n');
    const { code, err } = nrmc(
      folder,
      'predict',
      'net.nrm:Small',
      '--weights',
      'table',
      '--input',
      'new.csv',
      '--output',
      'y',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(chosen(outputs('y'))).toEqual([0, 2]);
    put('new.csv', 'first one\n1\n');
    expect(
      nrmc(folder, 'predict', 'net.nrm:Small', '--weights', 'table', '--input', 'new.csv', '--output', 'y').err,
    ).toContain('error[NRM5066]: new.csv has no column `second` for field `x`; it has `first one`');
  });
});

test('which samples are used is shown and explained', () => {
  expect(nrmc(folder, 'show', 'net.nrm:table').out).toContain('Table (csv("table.csv"), validation 0%, test 20%)');
  const { out } = nrmc(folder, 'explain', 'net.nrm:bars', 'Bars');
  expect(out).toContain('source      images("bars/train")\n  test        images("bars/test")\n');
  expect(out).toContain('float32[6, 8, 1] = [minmax, zca]');
});

describe('folders of images', () => {
  test('are trained on, whitened, and predicted from', () => {
    const { code, err } = nrmc(folder, 'train', 'net.nrm:bars', '--run', 'bars');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(summary('bars').testAccuracy).toBe(1);
    const images = ['data/bars/test/down/0.png', 'data/bars/test/across/1.jpg', 'data/bars/test/down/1.jpg'];
    const input = images.flatMap((file) => ['--input', file]);
    const found = nrmc(folder, 'predict', 'net.nrm:bars', '--weights', 'bars', ...input, '--output', 'y');
    expect(found).toMatchObject({ code: 0, err: '' });
    expect(chosen(outputs('y'))).toEqual([1, 0, 1]);
  });

  test('of another size are not predicted from', () => {
    put('wide.png', png({ width: 9, height: 6, channels: 1, data: new Uint8Array(54) }));
    const { code, err } = nrmc(
      folder,
      'predict',
      'net.nrm:bars',
      '--weights',
      'bars',
      '--input',
      'wide.png',
      '--output',
      'y',
    );
    expect([code, err.split('\n')[0]]).toEqual([
      1,
      'error[NRM5071]: wide.png has 6 × 9 pixels (height × width), `image` is [6, 8, 1]',
    ]);
  });

  test.each([
    ['bars', 'data/bars/test/down/0.png', () => asPng(1), 'test: bars/test/'],
    ['table', 'data/table.csv', () => readFileSync(at('data/table.csv'), 'utf8').replace(',0\n', ',1\n'), 'table.csv'],
  ])('%s: data that have changed are not gone on with', (run, file, changed, told) => {
    put(`${run}/run.json`, readFileSync(at(run, 'run.json'), 'utf8').replace('"finished"', '"interrupted"'));
    put(file, changed());
    const { code, err } = nrmc(folder, 'train', '--resume', run);
    expect([code, err]).toEqual([1, expect.stringContaining('error[NRM5106]')]);
    expect(err).toContain(told);
  });
});
