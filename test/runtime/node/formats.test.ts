/** Files of every format, as the libraries that people use write them (scripts/oracle/data.py), and what is told of damaged ones. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { NrmcError } from '../../../src/runtime/errors.ts';
import { decodePicture, resized, withChannels } from '../../../src/runtime/node/picture.ts';
import { parseCifar } from '../../../src/runtime/node/sources/cifar.ts';
import { parseTable, tableColumn, textOf } from '../../../src/runtime/node/sources/csv.ts';
import { parseNpy, parseNpz } from '../../../src/runtime/node/sources/npy.ts';
import { decodeSafetensors } from '../../../src/runtime/safetensors.ts';
import { refusal } from './helpers.ts';

const fixtures = path.join(import.meta.dirname, 'fixtures');
const bytes = (...name: readonly string[]): Uint8Array => Uint8Array.from(readFileSync(path.join(fixtures, ...name)));
const json = (name: string) => JSON.parse(readFileSync(path.join(fixtures, name), 'utf8'));

/** Every prefix is refused with a code: no file that is cut short passes for a whole one. */
function refusesPrefixes(whole: Uint8Array, read: (part: Uint8Array) => unknown): void {
  for (let n = 0; n < whole.length; n++)
    expect(() => read(whole.subarray(0, n)), `${n} of ${whole.length} bytes`).toThrow(NrmcError);
}

describe('numpy', () => {
  const { shape, values } = json('arrays.json');

  test('arrays of every type that is read', () => {
    const { arrays, names } = parseNpz(bytes('arrays.npz'), 'arrays.npz');
    expect([...names].sort()).toEqual(Object.keys(values).sort());
    for (const [name, array] of arrays) {
      expect([...array.values], name).toEqual(values[name]);
      expect(array.shape).toEqual(name === 'label' ? [4] : shape);
    }
    expect(arrays.get('bytes')?.values).toBeInstanceOf(Uint8Array);
    expect(arrays.get('longs')?.values).toBeInstanceOf(Int32Array);
    expect(arrays.get('doubles')?.values).toBeInstanceOf(Float32Array);
  });

  test('compressed archives, of which only what is wanted is unpacked', () => {
    const { arrays, names } = parseNpz(bytes('compressed.npz'), 'x.npz', new Set(['label']));
    expect([[...arrays.keys()], names]).toEqual([['label'], ['image', 'label']]);
    expect([...(arrays.get('label')?.values ?? [])]).toEqual(values.label);
  });

  test('single arrays', () => {
    expect([...parseNpy(bytes('npy', 'image.npy'), 'image.npy').values]).toEqual(values.bytes);
  });

  test('a part of a file', () => {
    refusesPrefixes(bytes('npy', 'label.npy'), (part) => parseNpy(part, 'label.npy'));
    refusesPrefixes(bytes('compressed.npz'), (part) => parseNpz(part, 'x.npz'));
  });

  test('what is not read', async () => {
    const told = async (name: string) =>
      (await refusal(() => parseNpy(bytes(name), name))).split('\n')[0]?.replace('error[NRM5068]: ', '');
    expect(await told('fortran.npy')).toMatchInlineSnapshot(
      `"fortran.npy cannot be read: its values lie in Fortran order"`,
    );
    expect(await told('complex.npy')).toMatchInlineSnapshot(
      `"complex.npy cannot be read: its values are of type '<c8'; whole numbers, float32 and float64 are read"`,
    );
    expect(await told('scalar.npy')).toMatchInlineSnapshot(`"scalar.npy cannot be read: it holds a single number"`);
    const large = bytes('npy', 'label.npy');
    large[large.length - 1] = 1;
    expect(await refusal(() => parseNpy(large, 'label.npy'))).toMatchInlineSnapshot(`
      "error[NRM5068]: label.npy cannot be read: 72057594037927940 is beyond the whole numbers of 32 bits
        = help: save \`x.astype("float32")\`
        = explain: nrmc explain NRM5068"
    `);
  });
});

test('safetensors of every type that is read', () => {
  const { shape, values } = json('arrays.json');
  const { tensors } = decodeSafetensors(bytes('tensors.safetensors'), 'tensors.safetensors');
  for (const [name, tensor] of tensors) {
    expect([...tensor.values], name).toEqual(values[name]);
    expect(tensor.shape).toEqual(name === 'label' ? [4] : shape);
  }
  expect(tensors.size).toBe(8);
});

describe('tables', () => {
  const comma = { separator: ',', header: true };

  test('as Python writes them', () => {
    const table = parseTable(readFileSync(path.join(fixtures, 'table.csv'), 'utf8'), 'table.csv', comma);
    expect(table.header).toEqual(['petal length', 'say "width"', 'kind', 'price', 'a,b']);
    expect(table.rows.map((r) => r.line)).toEqual([2, 3, 4]);
    expect([...tableColumn('x', ['a,b', 'petal length'], table, 'f')]).toEqual([7, 1.5, 8, 0.25, 9, 4]);
    expect(tableColumn('x', ['price'], table, 'f')).toEqual(Float32Array.of(1e-3, 12.5, -1));
  });

  test('with other separators, a byte order mark, empty lines, without names', () => {
    const table = parseTable('\ufeff1;2\r\n\r\n 3 ; -4e1\r\n', 'f', { separator: ';', header: false });
    expect(table.header).toEqual(['1', '2']);
    expect([...tableColumn('x', ['2', '1'], table, 'f')]).toEqual([2, 1, -40, 3]);
  });

  test.each([
    ['a,b\n1,2\n3\n', 'NRM5064]: f: line 3 has 1 cell, the first one has 2'],
    ['a,b\n1,2\n\n3,4,5\n', 'f: line 4 has 3 cells, the first one has 2'],
    ['a,b\n"1,2\n3,4\n', 'NRM5067]: f: line 2: a quote is opened and never closed'],
    ['a,b\n1,2\n3,x"y\n', 'NRM5067]: f: line 3: a quote stands inside of a cell that does not begin with one'],
    ['a,b\n1,2\n3,"x"y\n', 'NRM5067]: f: line 3: something follows the closing quote of a cell'],
    ['', 'f holds no samples'],
    ['a,b\n', 'f holds no samples'],
  ])('%j: %s', async (text, told) => {
    expect((await refusal(() => parseTable(text, 'f', comma))).split('\n')[0]).toContain(told);
  });

  test('cells that are no numbers are told with line and column', async () => {
    const read = (cell: string) => () => tableColumn('x', ['b'], parseTable(`a,b\n1,2\n3,${cell}\n`, 'f', comma), 'f');
    expect(await refusal(read('many'))).toMatchInlineSnapshot(`
      "error[NRM5065]: f: line 3, column \`b\` of field \`x\`: "many" is not a number
        = help: a field is made of numbers: write them in place of words, or leave the column out, \`columns: { x: […] }\` lists the others
        = explain: nrmc explain NRM5065"
    `);
    expect(await refusal(read(''))).toMatchInlineSnapshot(`
      "error[NRM5065]: f: line 3, column \`b\` of field \`x\`: the cell is empty
        = help: fill it in, or leave the line out
        = explain: nrmc explain NRM5065"
    `);
    const help = async (cell: () => unknown) => (await refusal(cell)).split('\n')[1];
    expect(await help(read('n/a'))).toContain('fill it in');
    expect(await help(read('"1,5"'))).toContain('write `1.5`');
    const single = parseTable('a;b\n1;2\n', 'f', comma);
    expect(await help(() => tableColumn('x', ['a;b'], single, 'f'))).toContain('`csv("…", separator: ";")`');
    const unnamed = parseTable('a,b\n1,2\n', 'f', { ...comma, header: false });
    expect(await help(() => tableColumn('x', ['2'], unnamed, 'f'))).toContain('leave `header: false` out');
    const classes = parseTable('kind\nsetosa\n', 'f', comma);
    expect(await help(() => tableColumn('kind', ['kind'], classes, 'f', 'class'))).toMatchInlineSnapshot(
      `"  = help: write classes as numbers from 0, in pandas \`df["kind"] = df["kind"].astype("category").cat.codes\`"`,
    );
    expect(await refusal(read('0x10'))).toContain('"0x10" is not a number');
    expect([...read('-inf')()]).toEqual([2, Number.NEGATIVE_INFINITY]);
    expect([...read('NaN')()]).toEqual([2, Number.NaN]);
  });
});

test('tables in other encodings', async () => {
  const utf8 = new TextEncoder().encode('größe,b\n1,2\n');
  expect(textOf(utf8, 'f')).toContain('größe');
  expect(await refusal(() => textOf(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0), 'f'))).toMatchInlineSnapshot(`
    "error[NRM5079]: f is text in UTF-16, not in UTF-8
      = help: save it as UTF-8: in a spreadsheet "CSV UTF-8", in Python \`open(file, "w", encoding="utf-8")\`
      = explain: nrmc explain NRM5079"
  `);
  const latin = Uint8Array.of(0x61, 0x0a, 0x31, 0x0a, 0x67, 0xf6);
  expect((await refusal(() => textOf(latin, 'f'))).split('\n')[0]).toMatchInlineSnapshot(
    `"error[NRM5079]: f: line 3 is not text in UTF-8"`,
  );
});

describe('pictures', () => {
  const { decoded, resized: sizes } = json('pictures.json');
  const read = (name: string) => decodePicture(bytes('pictures', name), name);

  test.each(Object.keys(decoded).filter((name) => name.endsWith('.png')))('%s, as Pillow reads it', (name) => {
    const picture = read(name);
    expect([picture.height, picture.width]).toEqual([6, 5]);
    expect([...withChannels(picture, 3).values]).toEqual(decoded[name].rgb);
    expect([...withChannels(picture, 1).values]).toEqual(decoded[name].grey);
  });

  test.each(['colour.jpg', 'grey.jpg'])('%s, nearly as Pillow reads it', (name) => {
    const { values } = withChannels(read(name), 3);
    const off = decoded[name].rgb.map((v: number, i: number) => Math.abs(v - (values[i] ?? 0)));
    expect(Math.max(...off)).toBeLessThanOrEqual(3);
    expect(values).toHaveLength(decoded[name].rgb.length);
  });

  test('a file that is cut short', async () => {
    const { file, whole } = { file: 'rgb.png', whole: bytes('pictures', 'rgb.png') };
    for (let n = 0; n < whole.length; n++) {
      const told = await refusal(() => decodePicture(whole.subarray(0, n), file));
      expect(told.split('\n')[0], `${n} bytes`).toMatch(
        /^error\[NRM5070\]: rgb\.png is not an image that can be read: /,
      );
      expect(told, `${n} bytes`).not.toContain('DataView');
    }
  });

  test('with transparency', () => {
    const own = read('rgba.png');
    expect(withChannels(own, 4)).toBe(own);
    expect([...withChannels(read('rgb.png'), 4).values.filter((_, i) => i % 4 === 3)]).toEqual(Array(30).fill(255));
  });

  test.each(Object.keys(sizes))('resized to %s, as Pillow does it', (name) => {
    const [height = 0, width = 0] = name.split('x').map(Number);
    const { values } = resized(read('rgb.png'), height, width);
    const off = sizes[name].map((v: number, i: number) => Math.abs(v - (values[i] ?? 0)));
    expect(Math.max(...off)).toBeLessThanOrEqual(1);
    expect(values).toHaveLength(sizes[name].length);
  });

  test('a part of a file', () => {
    const png = bytes('pictures', 'rgb.png');
    // Its last chunk says only that the file ends.
    refusesPrefixes(png.subarray(0, png.length - 12), (part) => decodePicture(part, 'x.png'));
    const jpeg = bytes('pictures', 'grey.jpg');
    refusesPrefixes(jpeg.subarray(0, 330), (part) => decodePicture(part, 'x.jpg'));
  });

  test('a flipped bit in a PNG file is found by its checksums', async () => {
    const png = bytes('pictures', 'rgb.png');
    png[60] = (png[60] ?? 0) ^ 1;
    expect(await refusal(() => decodePicture(png, 'cats/1.png'))).toMatchInlineSnapshot(`
      "error[NRM5070]: cats/1.png is not an image that can be read: Error while decompressing the data
        = help: PNG and JPEG files are read; the file may be of another format, or cut short
        = explain: nrmc explain NRM5070"
    `);
    expect(await refusal(() => decodePicture(new TextEncoder().encode('GIF89a'), 'cats/1.gif'))).toMatchInlineSnapshot(`
      "error[NRM5070]: cats/1.gif is not an image that can be read: it begins neither as a PNG nor as a JPEG file
        = help: PNG and JPEG files are read; the file may be of another format, or cut short
        = explain: nrmc explain NRM5070"
    `);
  });
});

describe('cifar', () => {
  const record = (labels: readonly number[]): Uint8Array =>
    Uint8Array.from([...labels, ...Array.from({ length: 3072 }, (_, i) => (i >> 10) * 50 + (i & 31))]);

  test('planes of colours become pixels', () => {
    const { count, images, labels } = parseCifar(Uint8Array.from([...record([3]), ...record([9])]), 'x', 1);
    expect([count, labels.map((l) => [...l])]).toEqual([2, [[3, 9]]]);
    expect([...images.subarray(0, 6)]).toEqual([0, 50, 100, 1, 51, 101]);
    expect([...images.subarray(3072 + 31 * 3, 3072 + 33 * 3)]).toEqual([31, 81, 131, 0, 50, 100]);
    expect(parseCifar(record([4, 77]), 'x', 2).labels.map((l) => [...l])).toEqual([[4], [77]]);
  });

  test('cut short', async () => {
    expect(await refusal(() => parseCifar(record([3]).subarray(1), 'data_batch_1.bin', 1))).toMatchInlineSnapshot(`
      "error[NRM5074]: data_batch_1.bin has 3,072 bytes, which is not a whole number of images of 3,073 bytes each
        = help: unpack the *binary version* of CIFAR-10 or CIFAR-100; a transfer may have been cut short
        = explain: nrmc explain NRM5074"
    `);
  });
});
