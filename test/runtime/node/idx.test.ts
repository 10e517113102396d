import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { NrmcError } from '../../../src/runtime/errors.ts';
import { loadData } from '../../../src/runtime/node/data.ts';
import { findIdx, parseIdx, readIdx } from '../../../src/runtime/node/sources/idx.ts';
import { refusal, temporary } from './helpers.ts';
import { config, idx, stripes, writeData } from './toy.ts';

describe('reading', () => {
  test('unsigned bytes, integers and floats, of any rank', () => {
    expect(parseIdx(idx([2, 1, 3], [1, 2, 3, 4, 5, 255]), 'x')).toEqual({
      shape: [2, 1, 3],
      values: Uint8Array.of(1, 2, 3, 4, 5, 255),
    });
    expect(parseIdx(idx([2], [-7, 70000], 12), 'x').values).toEqual(Int32Array.of(-7, 70000));
    expect(parseIdx(idx([1, 2], [0.5, -1.25], 13), 'x').values).toEqual(Float32Array.of(0.5, -1.25));
  });

  test('gzipped or not is told by the content', () => {
    const folder = temporary();
    writeFileSync(path.join(folder, 'a'), gzipSync(idx([2], [3, 4])));
    writeFileSync(path.join(folder, 'b.gz'), idx([2], [3, 4]));
    expect(readIdx(path.join(folder, 'a'))).toEqual(readIdx(path.join(folder, 'b.gz')));
  });

  test('every prefix of a file, plain or gzipped, is refused with a code', () => {
    const folder = temporary();
    const file = path.join(folder, 'x');
    const plain = idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    for (const whole of [plain, gzipSync(plain)]) {
      for (let n = 0; n < whole.length; n++) {
        writeFileSync(file, whole.subarray(0, n));
        expect(() => readIdx(file), `${n} bytes`).toThrow(NrmcError);
      }
    }
  });

  test('every byte of the header changed is read or refused with a code', () => {
    const whole = idx([3, 2], [1, 2, 3, 4, 5, 6]);
    for (let at = 0; at < 12; at++) {
      for (let value = 0; value < 256; value++) {
        const bytes = Uint8Array.from(whole);
        bytes[at] = value;
        try {
          parseIdx(bytes, 'x');
        } catch (error) {
          expect(error, `${value} at ${at}`).toBeInstanceOf(NrmcError);
        }
      }
    }
  });

  test('cut short', async () => {
    expect(await refusal(() => parseIdx(idx([5], [1, 2, 3]), 'train-labels-idx1-ubyte'))).toMatchInlineSnapshot(`
      "error[NRM4007]: train-labels-idx1-ubyte is cut short: [5] needs 13 bytes, it has 11
        = help: download or copy it again; a transfer may have been cut short
        = explain: nrmc explain NRM4007"
    `);
    expect(
      await refusal(() => parseIdx(Uint8Array.of(0, 0, 8, 3, 0), 'train-images-idx3-ubyte')),
    ).toMatchInlineSnapshot(`
      "error[NRM4007]: train-images-idx3-ubyte is cut short: its header needs 16 bytes, it has 5
        = help: download or copy it again; a transfer may have been cut short
        = explain: nrmc explain NRM4007"
    `);
  });

  test('too long', async () => {
    expect(await refusal(() => parseIdx(idx([1000], new Uint8Array(1234)), 'labels'))).toMatchInlineSnapshot(`
      "error[NRM4007]: labels is longer than it says: [1000] needs 1,008 bytes, it has 1,242
        = help: download or copy it again; a transfer may have been cut short
        = explain: nrmc explain NRM4007"
    `);
  });

  test('not an idx file', async () => {
    expect(await refusal(() => parseIdx(new TextEncoder().encode('PK zip'), 'images'))).toMatchInlineSnapshot(`
      "error[NRM4005]: images is not an idx file: it begins with 50 4b 20 7a
        = help: an idx file begins with two zero bytes, the type of its values (08, 0c or 0d) and the number of its dimensions
        = explain: nrmc explain NRM4005"
    `);
  });

  test('a type that is not read', async () => {
    expect(await refusal(() => parseIdx(idx([2], [1, 2], 9), 'images'))).toMatchInlineSnapshot(`
      "error[NRM4006]: images holds signed bytes, which are not read
        = help: unsigned bytes (08), 32-bit integers (0c) and 32-bit floats (0d) are
        = explain: nrmc explain NRM4006"
    `);
  });

  test('a damaged gzip', async () => {
    const folder = temporary();
    const file = path.join(folder, 'images.gz');
    writeFileSync(file, gzipSync(idx([2], [3, 4])).subarray(0, 20));
    expect(await refusal(() => readIdx(file), folder)).toMatchInlineSnapshot(`
      "error[NRM4004]: …/images.gz cannot be unpacked: unexpected end of file
        = help: download or copy it again; a transfer may have been cut short
        = explain: nrmc explain NRM4004"
    `);
  });

  test('not a file', async () => {
    const folder = temporary();
    mkdirSync(path.join(folder, 'images'));
    expect(await refusal(() => readIdx(path.join(folder, 'images')), folder)).toMatchInlineSnapshot(`
      "error[NRM4003]: cannot read …/images: it is a folder
        = help: check that it is a file and that you may read it
        = explain: nrmc explain NRM4003"
    `);
  });
});

const { fields } = config.data;

describe('finding', () => {
  test('beside the spec, under --data, or there itself', () => {
    const folder = temporary();
    writeData(path.join(folder, 'data'));
    const at = path.join(folder, 'data/stripes');
    expect(findIdx('stripes', fields, { beside: [folder] })).toEqual({
      folder: at,
      root: path.join(folder, 'data'),
      train: new Map([
        ['image', `${at}/train-images-idx3-ubyte.gz`],
        ['label', `${at}/train-labels-idx1-ubyte`],
      ]),
      test: new Map([
        ['image', `${at}/t10k-images-idx3-ubyte.gz`],
        ['label', `${at}/t10k-labels-idx1-ubyte`],
      ]),
    });
    expect(findIdx('stripes', fields, { data: path.join(folder, 'data'), beside: [] }).folder).toBe(at);
    expect(findIdx('stripes', fields, { data: at, beside: [] }).folder).toBe(at);
  });

  test('also by the names test-images and train-images.idx3-ubyte', () => {
    const folder = temporary();
    const names = [
      'test-images-idx3-ubyte',
      'test-labels-idx1-ubyte',
      'train-images.idx3-ubyte',
      'train-labels.idx1-int',
    ];
    for (const name of names) writeFileSync(path.join(folder, name), '');
    expect(path.basename(findIdx('x', fields, { data: folder, beside: [] }).test.get('image') ?? '')).toBe(
      'test-images-idx3-ubyte',
    );
  });

  test('files are named after fields; images and labels are the only ones of their kind', async () => {
    const folder = temporary();
    const of = (...names: readonly string[]): void => {
      for (const name of names) writeFileSync(path.join(folder, name), '');
    };
    const tensor = (name: string) =>
      ({ kind: 'tensor', name, dtype: 'float32', shape: [2], preprocessing: 'none' }) as const;
    const label = { kind: 'class', name: 'label', classes: 3 } as const;
    const find = (...wanted: Parameters<typeof findIdx>[1]) => {
      const { train } = findIdx('x', wanted, { data: folder, beside: [] });
      return [...train].map(([field, file]) => `${field} ${path.basename(file)}`);
    };
    of('train-left-idx2-float', 'test-left-idx2-float', 'train-images-idx2-float', 'test-images-idx2-float');
    of('train-labels-idx1-ubyte', 'test-labels-idx1-ubyte');
    expect(find(tensor('right'), label)).toEqual(['right train-images-idx2-float', 'label train-labels-idx1-ubyte']);
    // A file of the field's own goes before.
    expect(find(tensor('left'), label)).toEqual(['left train-left-idx2-float', 'label train-labels-idx1-ubyte']);
    of('train-label-idx1-ubyte', 'test-label-idx1-ubyte');
    expect(find(tensor('left'), label)[1]).toBe('label train-label-idx1-ubyte');
    expect(await refusal(() => find(tensor('left'), tensor('right'), label), folder)).toContain(
      'there is no\n  …/train-right-idx3-ubyte.gz\n  …/t10k-right-idx3-ubyte.gz\n',
    );
  });

  test('nowhere: every path that was tried is named', async () => {
    const folder = temporary();
    const where = { beside: [path.join(folder, 'specs'), path.join(folder, 'here')] };
    expect(await refusal(() => findIdx('stripes', fields, where), folder)).toMatchInlineSnapshot(`
      "error[NRM4001]: no data set \`stripes\`; looked in
        …/specs/data/stripes
        …/here/data/stripes
        = help: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz there (idx2 for vectors, idx4 for pictures in colour), or name their folder with \`--data DIR\`
        = explain: nrmc explain NRM4001"
    `);
    // What --data names is all that is looked at: a slip of the pen does not train on other data.
    expect(
      await refusal(() => findIdx('stripes', fields, { ...where, data: path.join(folder, 'typo') }), folder),
    ).toMatchInlineSnapshot(`
      "error[NRM4001]: no data set \`stripes\`; looked in
        …/typo/stripes
        …/typo
        = help: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz there (idx2 for vectors, idx4 for pictures in colour), or name their folder with \`--data DIR\`
        = explain: nrmc explain NRM4001"
    `);
  });

  test('not all of it', async () => {
    const folder = writeData(temporary());
    rmSync(path.join(folder, 'stripes/t10k-images-idx3-ubyte.gz'));
    expect(
      await refusal(() => findIdx('stripes', fields, { data: folder, beside: [] }), folder),
    ).toMatchInlineSnapshot(`
      "error[NRM4002]: data set \`stripes\` is not whole; there is no
        …/stripes/t10k-images-idx3-ubyte.gz
        = help: a data set has a file for each field, for training and for testing; each may be gzipped (.gz). Without files to test with, \`test: 20%\` holds some out
        = explain: nrmc explain NRM4002"
    `);
  });
});

describe('loading', () => {
  const load = (folder: string, changes: Partial<(typeof config)['data']> = {}) =>
    loadData({ ...config, data: { ...config.data, ...changes } }, { data: folder, beside: [] });
  const put = (folder: string, name: string, bytes: Uint8Array): void =>
    writeFileSync(path.join(folder, 'stripes', name), bytes);

  test('three parts, preprocessing fitted to the first alone', () => {
    const folder = writeData(temporary());
    const { images, labels } = stripes(200, 1);
    const { validation } = loadData(config, { data: folder, beside: [] });
    const held = validation?.rows[0] ?? 0;
    // The brightest pixel is held out: the maximum must not come from it.
    put(
      folder,
      'train-images-idx3-ubyte.gz',
      idx(
        [200, 4, 4],
        images.map((v, i) => (i === held * 16 ? 255 : v)),
      ),
    );
    const data = load(folder);
    expect([data.train.rows.length, data.validation?.rows.length, data.test.rows.length]).toEqual([180, 20, 60]);
    const kept = images.filter((_, i) => data.train.rows.includes(Math.floor(i / 16)));
    expect(data.preprocessing).toEqual({ image: { kind: 'minmax', min: Math.min(...kept), max: Math.max(...kept) } });
    expect(data.train.columns[1]).toMatchObject({ values: Int32Array.from(labels) });
    expect(Object.keys(data.files)).toHaveLength(4);
  });

  test('shapes that fit: with a channel, without, in a row, and of rank 4', () => {
    const folder = writeData(temporary());
    const [image, label] = config.data.fields;
    const shaped = (shape: number[]) =>
      load(folder, { fields: image?.kind === 'tensor' && label !== undefined ? [{ ...image, shape }, label] : [] });
    for (const shape of [[4, 4, 1], [4, 4], [16]]) expect(shaped(shape).train.rows).toHaveLength(180);
    put(folder, 'train-images-idx3-ubyte.gz', idx([200, 2, 4, 2], new Uint8Array(3200)));
    put(folder, 't10k-images-idx3-ubyte.gz', idx([60, 2, 4, 2], new Uint8Array(960)));
    expect(shaped([2, 4, 2]).test.rows).toHaveLength(60);
  });

  test('as many images as labels', async () => {
    const folder = writeData(temporary());
    put(folder, 'train-labels-idx1-ubyte', idx([199], new Uint8Array(199)));
    expect(await refusal(() => load(folder), folder)).toMatchInlineSnapshot(`
      "error[NRM4008]: …/stripes/train-images-idx3-ubyte.gz holds 200 samples, …/stripes/train-labels-idx1-ubyte holds 199 samples
        = help: the files must come from the same part of the same data set
        = explain: nrmc explain NRM4008"
    `);
  });

  test('images of another shape', async () => {
    const folder = writeData(temporary());
    put(folder, 't10k-images-idx3-ubyte.gz', idx([60, 5, 4], new Uint8Array(1200)));
    expect(await refusal(() => load(folder), folder)).toMatchInlineSnapshot(`
      "error[NRM4009]: …/stripes/t10k-images-idx3-ubyte.gz holds samples of [5, 4], field \`image\` is [4, 4, 1]
        = help: write \`image: float32[5, 4, 1]\` in the data and in the network, or use other files
        = explain: nrmc explain NRM4009"
    `);
  });

  test('labels of another shape', async () => {
    const folder = writeData(temporary());
    put(folder, 'train-labels-idx1-ubyte', idx([200, 3], new Uint8Array(600)));
    expect(await refusal(() => load(folder), folder)).toMatchInlineSnapshot(`
      "error[NRM4009]: …/stripes/train-labels-idx1-ubyte holds samples of [3], field \`label\` is []
        = help: labels are one number a sample, [N]; of rows with a 1 in the place of the class: \`labels.argmax(1)\`
        = explain: nrmc explain NRM4009"
    `);
  });

  test('a label outside its classes: value, place and file', async () => {
    const folder = writeData(temporary());
    put(folder, 'train-labels-idx1-ubyte', idx([200], stripes(200).labels.with(123, 3)));
    expect(await refusal(() => load(folder), folder)).toMatchInlineSnapshot(`
      "error[NRM4010]: …/stripes/train-labels-idx1-ubyte: label 3 of sample 123 is outside \`label: class(3)\`, 0 to 2
        = help: labels count from 0: with a label 3 it is at least \`class(4)\`
        = explain: nrmc explain NRM4010"
    `);
    put(folder, 'train-labels-idx1-ubyte', idx([200], new Float32Array(200).fill(0.5), 13));
    expect(await refusal(() => load(folder), folder)).toMatchInlineSnapshot(`
      "error[NRM4010]: …/stripes/train-labels-idx1-ubyte: label 0.5 of sample 0 is outside \`label: class(3)\`, 0 to 2
        = help: labels are whole numbers and count from 0
        = explain: nrmc explain NRM4010"
    `);
  });

  test('no samples', async () => {
    const folder = writeData(temporary(), { test: 0 });
    expect(await refusal(() => load(folder), folder)).toMatchInlineSnapshot(`
      "error[NRM4017]: …/stripes/t10k-images-idx3-ubyte.gz holds no samples
        = help: each part of a data set needs at least one
        = explain: nrmc explain NRM4017"
    `);
  });

  test('too few for a validation part', async () => {
    const folder = writeData(temporary(), { train: 4 });
    expect(await refusal(() => load(folder), folder)).toMatchInlineSnapshot(`
      "error[NRM4012]: 10% of 4 training samples is none
        = help: use a larger \`validation\` share, or leave it out
        = explain: nrmc explain NRM4012"
    `);
  });
});
