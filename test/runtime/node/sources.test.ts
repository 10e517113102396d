/** Data sets of every format from their files to samples, and what is told of those that cannot be used. */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Column, type Samples, take } from '../../../src/runtime/batches.ts';
import type { DataConfig, DataField } from '../../../src/runtime/model.ts';
import { chooseBackend } from '../../../src/runtime/node/backend.ts';
import { type LoadConfig, loadData, loadTest } from '../../../src/runtime/node/data.ts';
import { writeTensors } from '../../../src/runtime/node/files.ts';
import { type Sample, samplesOf } from '../../../src/runtime/samples.ts';
import { refusal, temporary } from './helpers.ts';

const fixtures = path.join(import.meta.dirname, 'fixtures');
let folder: string;
beforeEach(() => {
  folder = temporary();
});

const x = (shape: readonly number[], name = 'x'): DataField => ({
  kind: 'tensor',
  name,
  dtype: 'float32',
  shape,
  preprocessing: 'none',
});
const label = (classes: number, name = 'label'): DataField => ({ kind: 'class', name, classes });

type Changes = Partial<DataConfig> & Pick<DataConfig, 'source' | 'fields'>;
const configOf = (data: Changes, used = data.fields.map((f) => f.name)): LoadConfig => ({
  seed: 7,
  inputs: used,
  outputs: [],
  data: { name: 'D', validation: 0, ...data },
});
const load = (data: Changes, used?: readonly string[]) =>
  loadData(configOf(data, used === undefined ? undefined : [...used]), { data: folder, beside: [] });
const refused = (data: Changes): Promise<string> => refusal(() => load(data), folder);

const write = (name: string, text: string | Uint8Array): void => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

const columnOf = ({ columns }: Samples, name: string): Column => columns.find((c) => c.name === name) ?? expect.fail();
/** The values of a field in the rows of a part. */
function valuesOf(samples: Samples, name: string): number[] {
  const column = columnOf(samples, name);
  const size = column.kind === 'class' ? 1 : column.shape.reduce((a, b) => a * b, 1);
  return [...samples.rows].flatMap((row) => [...column.values.subarray(row * size, (row + 1) * size)]);
}

const csv = (name: string): DataConfig['source'] => ({ kind: 'csv', name, separator: ',', header: true });

describe('tables', () => {
  beforeEach(() => {
    write('train.csv', 'a,kind,b\n1,0,2\n3,1,4\n5,2,6\n');
    write('test.csv', 'kind,b,a\n2,8,7\n');
  });
  const source = csv('train.csv');
  const fields = [x([2]), label(3, 'kind')];

  test('columns by name, and all that are left', () => {
    const data = load({ source, fields, test: csv('test.csv'), columns: [{ field: 'x', columns: ['a', 'b'] }] });
    expect(valuesOf(data.train, 'x')).toEqual([1, 2, 3, 4, 5, 6]);
    expect([valuesOf(data.test, 'x'), valuesOf(data.test, 'kind')]).toEqual([[7, 8], [2]]);
    expect(data.folder).toBe(folder);
    expect(Object.keys(data.files)).toEqual(['train.csv', 'test: test.csv']);
    // Left over, in the order of the file.
    expect(valuesOf(load({ source, fields, test: csv('test.csv') }).test, 'x')).toEqual([8, 7]);
    const alone = [x([1], 'b'), x([1], 'a')];
    expect(valuesOf(load({ source, fields: alone, test: csv('test.csv') }).train, 'b')).toEqual([2, 4, 6]);
  });

  test('a missing column, too few, and none of a field’s own', async () => {
    const told = async (changes: Partial<Changes>) =>
      (await refused({ source, fields, test: 0.4, ...changes })).split('\n').slice(0, 2).join('\n');
    expect(await told({ columns: [{ field: 'x', columns: ['a', 'c'] }] })).toMatchInlineSnapshot(`
      "error[NRM5066]: …/train.csv has no column \`c\` for field \`x\`; it has \`a\`, \`kind\`, \`b\`
        = help: name the field after its column, or list its columns: \`columns: { x: ["a", "kind"] }\`"
    `);
    expect(await told({ fields: [x([3]), label(3, 'kind')] })).toMatchInlineSnapshot(`
      "error[NRM5080]: …/train.csv leaves 2 columns for \`x: float32[3]\`, which takes 3: \`a\`, \`b\`
        = help: list those that belong to it, \`columns: { x: ["a", "b", …] }\`, or write \`float32[2]\` in the data and in the network"
    `);
    expect(await told({ fields: [x([1]), x([1], 'y')] })).toMatchInlineSnapshot(`
      "error[NRM5066]: …/train.csv has no column \`x\` for field \`x\`; it has \`a\`, \`kind\`, \`b\`
        = help: name the field after its column, or list its columns: \`columns: { x: ["a", "kind"] }\`"
    `);
    expect(await told({ fields: [x([2]), label(3)] })).toMatchInlineSnapshot(`
      "error[NRM5066]: …/train.csv has no column \`label\` for field \`label\`; it has \`a\`, \`kind\`, \`b\`
        = help: name the field after its column, or list its columns: \`columns: { label: ["a", "kind"] }\`"
    `);
  });

  test('columns that cannot be told apart, or do not fit', async () => {
    const told = async (text: string, changes: Partial<Changes> = {}) => {
      write('train.csv', text);
      return (await refused({ source, fields, test: 0.4, ...changes })).split('\n').slice(0, 2).join('\n');
    };
    expect(await told('a,kind,a\n1,0,2\n3,1,4\n')).toMatchInlineSnapshot(`
      "error[NRM5081]: …/train.csv: columns 1 and 3 are both called \`a\`; which one field \`x\` means is not known
        = help: give each column a name of its own in the first line of the file"
    `);
    // Of a column that nobody reads nothing is asked.
    write('train.csv', 'c,a,kind,b,c\n0,1,0,2,0\n0,3,1,4,0\n');
    const columns = [{ field: 'x', columns: ['a', 'b'] }];
    expect(valuesOf(load({ source, fields, test: 0.5, columns }).train, 'x')).toHaveLength(2);
    expect(await told(',a,kind,b\n0,1,0,2\n1,3,1,4\n')).toMatchInlineSnapshot(`
      "error[NRM5080]: …/train.csv leaves 3 columns for \`x: float32[2]\`, which takes 2: \`\`, \`a\`, \`b\`
        = help: the column without a name may be the index that pandas writes (\`to_csv(file, index=False)\` leaves it out); list those that belong to it, \`columns: { x: ["a", "b", …] }\`, or write \`float32[3]\` in the data and in the network"
    `);
    expect(await told('1,0,2\n3,1,4\n')).toMatchInlineSnapshot(`
      "error[NRM5066]: …/train.csv has no column \`kind\` for field \`kind\`; it has \`1\`, \`0\`, \`2\`
        = help: its first line looks like a sample: \`csv("…", header: false)\` says that it is one; columns then go by number"
    `);
    expect(await told('1,0,2\n3,1,4\n', { fields: [x([2])] })).toContain(
      '`csv("…", header: false)` says that it is one',
    );
    const numbered = [{ field: 'x', columns: ['1', '2'] }];
    expect(await told('a,kind,b\n1,0,2\n3,1,4\n', { columns: numbered })).toMatchInlineSnapshot(`
      "error[NRM5066]: …/train.csv has no column \`1\`, \`2\` for field \`x\`; it has \`a\`, \`kind\`, \`b\`
        = help: write the names of the columns; they go by number where no line names them, \`csv("…", header: false)\`"
    `);
    const unnamed = { ...source, header: false } as const;
    expect(await told('1,0,2\n3,1,4\n', { source: unnamed, columns: numbered })).toMatchInlineSnapshot(`
      "error[NRM5066]: …/train.csv has no column \`kind\` for field \`kind\`; it has \`1\`, \`2\`, \`3\`
        = help: with \`header: false\` columns go by number from 1: \`columns: { kind: 3 }\`"
    `);
  });

  test('a folder in the place of a file, and a file in the place of a folder', async () => {
    write('folder/a.csv', 'a');
    expect(await refused({ source: csv('folder'), fields, test: 0.4 })).toMatchInlineSnapshot(`
      "error[NRM5083]: …/folder is a folder; this source reads a file
        = help: folders are read by \`images\`, \`npy\`, \`idx\` and \`cifar\`; or name a file in it
        = explain: nrmc explain NRM5083"
    `);
    expect(await refused({ source: { kind: 'npy', name: 'train.csv' }, fields, test: 0.4 })).toMatchInlineSnapshot(`
      "error[NRM5083]: …/train.csv is a file; this source reads a folder
        = help: single files are read by \`csv\`, \`npz\` and \`safetensors\`; or name the folder that holds it
        = explain: nrmc explain NRM5083"
    `);
    expect(await refused({ source: csv('a'.repeat(300)), fields, test: 0.4 })).toContain('error[NRM4003]');
    expect(await refused({ source: csv('train.csv/a'), fields, test: 0.4 })).toContain('error[NRM4001]');
  });

  test('bad values are told by line', async () => {
    write('train.csv', 'a,kind,b\n1,0,2\n\n3,3,4\n5,2,nan\n');
    expect(await refused({ source, fields, test: 0.4 })).toMatchInlineSnapshot(`
      "error[NRM5062]: …/train.csv: \`x\` holds NaN in line 5
        = help: one such value would make every weight that it touches useless: leave the sample out, or fill the value in
        = explain: nrmc explain NRM5062"
    `);
    expect(await refused({ source, fields: [x([2]), label(4, 'kind')], test: 0.4 })).toMatchInlineSnapshot(`
      "error[NRM5062]: …/train.csv: \`x\` holds NaN in line 5
        = help: one such value would make every weight that it touches useless: leave the sample out, or fill the value in
        = explain: nrmc explain NRM5062"
    `);
    const whole: DataField = { kind: 'tensor', name: 'a', dtype: 'int32', shape: [1], preprocessing: 'none' };
    write('train.csv', 'a\n16777217\n-2147483648\n2147483647\n-0\n');
    const digits = load({ source, fields: [whole], test: csv('train.csv') });
    expect(valuesOf(digits.train, 'a')).toEqual([16777217, -2147483648, 2147483647, 0]);
    write('train.csv', 'a\n1\n2147483648\n');
    expect(await refused({ source, fields: [whole], test: 0.5 })).toContain('holds 2147483648 in line 3');
    write('train.csv', 'a\n1\n2.5\n');
    expect(await refused({ source, fields: [whole], test: 0.5 })).toMatchInlineSnapshot(`
      "error[NRM5063]: …/train.csv: \`a\` is int32 and holds 2.5 in line 3
        = help: write \`float32\` in the type of the field and of the input
        = explain: nrmc explain NRM5063"
    `);
  });

  test('a file that is not there', async () => {
    expect(await refused({ source: csv('tran.csv'), fields, test: 0.4 })).toMatchInlineSnapshot(`
      "error[NRM4001]: no data set \`tran.csv\`; looked in
        …/tran.csv
        = help: put it there, or name the folder that holds it with \`--data DIR\`
        = explain: nrmc explain NRM4001"
    `);
  });
});

describe('parts', () => {
  const rows = (n: number): string => `x,label\n${Array.from({ length: n }, (_, i) => `${i},${i % 3}`).join('\n')}\n`;
  const source = csv('all.csv');
  const fields = [x([1]), label(3)];
  beforeEach(() => write('all.csv', rows(100)));

  test('a test share: the same samples for every seed, apart from the others', () => {
    const config = configOf({ source, fields, test: 0.2, validation: 0.25 });
    const parts = [7, 8].map((seed) => loadData({ ...config, seed }, { data: folder, beside: [] }));
    const [a, b] = parts;
    if (a === undefined || b === undefined || a.validation === null) expect.fail();
    expect([a.train, a.validation, a.test].map((p) => p.rows.length)).toEqual([60, 20, 20]);
    expect(valuesOf(a.test, 'x')).toEqual(valuesOf(b.test, 'x'));
    expect(valuesOf(a.train, 'x')).not.toEqual(valuesOf(b.train, 'x'));
    const all = [a.train, a.validation, a.test].flatMap((p) => valuesOf(p, 'x'));
    expect(all.sort((p, q) => p - q)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(loadTest(config, { data: folder, beside: [] }, a.preprocessing)).toEqual(a.test);
  });

  test('limits, of the training part before anything is held out of it', () => {
    const data = load({ source, fields, test: 0.2, validation: 0.25, limit: { train: 40, test: 5 } });
    expect([data.train, data.validation, data.test].map((p) => p?.rows.length)).toEqual([30, 10, 5]);
    const whole = load({ source, fields, test: 0.2 });
    const used = [...valuesOf(data.train, 'x'), ...valuesOf(data.test, 'x')];
    expect(new Set([...valuesOf(whole.train, 'x'), ...valuesOf(whole.test, 'x')]).size).toBe(100);
    expect(new Set(used).size).toBe(35);
    expect(valuesOf(whole.test, 'x')).toEqual(expect.arrayContaining(valuesOf(data.test, 'x')));
  });

  test('preprocessing is fitted to what is trained on, and to nothing else', () => {
    const minmax = [{ ...fields[0], preprocessing: 'minmax' } as DataField, label(3)];
    const { train, preprocessing } = load({ source, fields: minmax, test: 0.2, limit: { train: 10, test: null } });
    const values = valuesOf(train, 'x');
    expect(preprocessing.x).toEqual({ kind: 'minmax', min: Math.min(...values), max: Math.max(...values) });
  });

  test('without shuffling the order of the file is kept', () => {
    expect(load({ source, fields, test: 0.2, shuffle: false }).train.ordered).toBe(true);
    expect(load({ source, fields, test: 0.2 }).train.ordered).toBeUndefined();
  });

  test('limits and shares that cannot be', async () => {
    expect(await refused({ source, fields, test: 0.2, limit: { train: 81, test: null } })).toMatchInlineSnapshot(`
      "error[NRM5060]: \`limit\` asks for 81 samples to train on, there are 80
        = help: write 80 or less, or leave it out to use all
        = explain: nrmc explain NRM5060"
    `);
    expect(await refused({ source, fields, test: 0.2, limit: { train: null, test: 21 } })).toContain(
      '`limit` asks for 21 samples to test with, there are 20',
    );
    expect(await refused({ source, fields, test: 0.001 })).toMatchInlineSnapshot(`
      "error[NRM5075]: 0.1% of 100 samples is none
        = help: use another \`test\` share, or more data
        = explain: nrmc explain NRM5075"
    `);
    const none = { source, fields, test: 0.2, validation: 0.6, limit: { train: 1, test: null } };
    expect(await refused(none)).toContain('error[NRM4011]: no samples are left to train on');
    expect(await refused({ source, fields, test: 0.999 })).toContain('99.9% of 100 samples is all');
  });
});

test('only the fields that are used are read', async () => {
  cpSync(path.join(fixtures, 'npy'), path.join(folder, 'set'), { recursive: true });
  write('set/label.npy', 'damaged');
  const fields = [x([2, 3, 1], 'image'), label(3)];
  const source = { kind: 'npy', name: 'set' } as const;
  const data = load({ source, fields, test: 0.25 }, ['image']);
  expect([data.train.columns.map((c) => c.name), Object.keys(data.files)]).toEqual([['image'], ['image.npy']]);
  expect(await refused({ source, fields, test: 0.25 })).toMatchInlineSnapshot(`
    "error[NRM5068]: …/set/label.npy cannot be read: it is no npy file, or a part of one
      = help: write it again with \`numpy.save\` or \`numpy.savez\`; a transfer may have been cut short
      = explain: nrmc explain NRM5068"
  `);
});

describe('arrays by name', () => {
  const fields = [x([2, 3, 1], 'doubles'), label(3)];
  test.each([
    ['npz', 'arrays.npz'],
    ['safetensors', 'tensors.safetensors'],
  ] as const)('%s', async (kind, name) => {
    cpSync(path.join(fixtures, name), path.join(folder, name));
    const { values } = JSON.parse(readFileSync(path.join(fixtures, 'arrays.json'), 'utf8'));
    const { train, test } = load({ source: { kind, name }, fields, test: { kind, name } });
    expect([valuesOf(train, 'doubles'), valuesOf(test, 'label')]).toEqual([values.doubles, values.label]);
    const other = [x([2, 3, 1], 'picture'), label(3)];
    expect((await refused({ source: { kind, name }, fields: other, test: 0.5 })).split('\n')[0]).toMatch(
      /^error\[NRM5069\]: …\/\w+\.\w+ has no array `picture`; it has `/,
    );
    // A file that two parts share is found again from where `--data` would name it.
    expect(load({ source: { kind, name }, fields, test: 0.5 }).folder).toBe(folder);
  });

  test('that do not fit their fields', async () => {
    const put = (name: string, shape: readonly number[], label: readonly number[]): void => {
      const of = (s: readonly number[]) => ({ shape: s, values: new Float32Array(s.reduce((a, b) => a * b, 1)) });
      writeTensors(path.join(folder, name), {
        tensors: new Map([
          ['image', of(shape)],
          ['label', of(label)],
        ]),
        metadata: {},
      });
    };
    const told = async (name: string): Promise<string> =>
      (await refused({ source: { kind: 'safetensors', name }, fields: [x([8, 8, 3], 'image'), label(3)], test: 0.5 }))
        .split('\n')
        .slice(0, 2)
        .join('\n');
    put('first.safetensors', [4, 3, 8, 8], [4]);
    expect(await told('first.safetensors')).toMatchInlineSnapshot(`
      "error[NRM4009]: …/first.safetensors holds samples of [3, 8, 8], field \`image\` is [8, 8, 3]
        = help: channels come last: \`x.transpose(0, 2, 3, 1)\` of NumPy brings them there"
    `);
    put('rows.safetensors', [4, 8, 8, 3], [4, 3]);
    expect(await told('rows.safetensors')).toMatchInlineSnapshot(`
      "error[NRM4009]: …/rows.safetensors holds samples of [3], field \`label\` is []
        = help: labels are one number a sample, [N]; of rows with a 1 in the place of the class: \`labels.argmax(1)\`"
    `);
    put('count.safetensors', [4, 8, 8, 3], [5]);
    expect(await told('count.safetensors')).toMatchInlineSnapshot(`
      "error[NRM4008]: \`image\` of …/count.safetensors holds 4 samples, \`label\` of …/count.safetensors holds 5 samples
        = help: the files must come from the same part of the same data set"
    `);
  });

  test('values that are not finite are told by sample', async () => {
    const tensors = new Map([
      ['x', { shape: [3, 2], values: Float32Array.of(1, 2, 3, Number.POSITIVE_INFINITY, 5, 6) }],
    ]);
    writeTensors(path.join(folder, 'x.safetensors'), { tensors, metadata: {} });
    const source = { kind: 'safetensors', name: 'x.safetensors' } as const;
    expect(await refused({ source, fields: [x([2])], test: 0.4 })).toMatchInlineSnapshot(`
      "error[NRM5062]: …/x.safetensors: \`x\` holds Infinity in sample 1
        = help: one such value would make every weight that it touches useless: leave the sample out, or fill the value in
        = explain: nrmc explain NRM5062"
    `);
  });
});

describe('images', () => {
  const source = { kind: 'images', name: 'train', resize: false } as const;
  const fields = [x([6, 5, 3], 'image'), label(2)];
  const put = (file: string, as: string): void => {
    mkdirSync(path.dirname(path.join(folder, as)), { recursive: true });
    cpSync(path.join(fixtures, 'pictures', file), path.join(folder, as));
  };
  beforeEach(() => {
    put('rgb.png', 'train/cats/b.png');
    put('palette.png', 'train/cats/a.png');
    put('grey.png', 'train/dogs/1.PNG');
    put('rgba.png', 'test/dogs/1.png');
    write('train/cats/.hidden.png', 'no image');
    write('train/cats/notes.txt', 'no image');
    write('train/unused/notes.txt', 'no image');
  });
  const both = { source, fields, test: { ...source, name: 'test' } };

  test('a folder a class, in the order of their names', () => {
    const data = load(both);
    const { decoded } = JSON.parse(readFileSync(path.join(fixtures, 'pictures.json'), 'utf8'));
    expect(valuesOf(data.train, 'label')).toEqual([0, 0, 1]);
    expect(valuesOf(data.train, 'image')).toEqual(
      ['palette.png', 'rgb.png', 'grey.png'].flatMap((name) => decoded[name].rgb),
    );
    // The test part has one of the classes: it keeps its number.
    expect(valuesOf(data.test, 'label')).toEqual([1]);
    expect(loadTest(configOf(both), { data: folder, beside: [] }, data.preprocessing)).toEqual(data.test);
  });

  test('have one hash for all: names, contents and what is added change it', () => {
    const hash = (): string | undefined => load(both).files['train/'];
    const before = hash();
    expect(hash()).toBe(before);
    renameSync(path.join(folder, 'train/cats/b.png'), path.join(folder, 'train/cats/c.png'));
    const renamed = hash();
    put('rgba.png', 'train/cats/c.png');
    expect(new Set([before, renamed, hash()]).size).toBe(3);
  });

  test('of another size are refused, or resized', async () => {
    put('colour.jpg', 'train/dogs/2.jpg');
    expect(await refused(both)).toMatchInlineSnapshot(`
      "error[NRM5071]: …/train/dogs/2.jpg has 16 × 16 pixels (height × width), \`image\` is [6, 5, 3]
        = help: write \`images("…", resize: true)\` to bring all images to that size, or change the field and the input
        = explain: nrmc explain NRM5071"
    `);
    expect(load({ ...both, source: { ...source, resize: true } }).train.rows).toHaveLength(4);
  });

  test('that cannot be read', async () => {
    write('train/dogs/2.gif', 'GIF89a');
    expect(await refused(both)).toMatchInlineSnapshot(`
      "error[NRM5070]: …/train/dogs/2.gif is not an image that can be read: it begins neither as a PNG nor as a JPEG file
        = help: PNG and JPEG files are read; the file may be of another format, or cut short
        = explain: nrmc explain NRM5070"
    `);
  });

  test('of classes that do not add up', async () => {
    expect(await refused({ ...both, fields: [x([6, 5, 3], 'image'), label(3)] })).toMatchInlineSnapshot(`
      "error[NRM5072]: …/train has 2 folders (\`cats\`, \`dogs\`), \`label: class(3)\` needs 3
        = help: write \`label: class(2)\`, or move folders that are no classes away
        = explain: nrmc explain NRM5072"
    `);
    put('rgb.png', 'test/birds/1.png');
    expect(await refused(both)).toMatchInlineSnapshot(`
      "error[NRM5073]: …/test has a folder \`birds\`; the classes that are trained on are \`cats\`, \`dogs\`
        = help: classes go by the names of their folders: rename it, or add it to the training images
        = explain: nrmc explain NRM5073"
    `);
    expect(await refused({ ...both, source: { ...source, name: '.' } })).toContain('name it, `images("…/test")`');
    rmSync(path.join(folder, 'train'), { recursive: true });
    put('rgb.png', 'train/1.png');
    expect(await refused(both)).toMatchInlineSnapshot(`
      "error[NRM5072]: …/train has no folders with images, \`label: class(2)\` needs 2
        = help: images of a class lie in a folder of their own: \`cats/1.png\`, \`dogs/1.png\`
        = explain: nrmc explain NRM5072"
    `);
  });

  test('that no class would read are refused', async () => {
    put('rgb.png', 'train/cats/more/1.png');
    put('rgb.png', 'train/cats/more/deep/2.png');
    expect(await refused(both)).toMatchInlineSnapshot(`
      "error[NRM5082]: …/train/cats/more/1.png lies too deep, as 1 more does
        = help: images of a class lie in its folder and not deeper, as \`cats/1.png\`: move it there, or out of the data
        = explain: nrmc explain NRM5082"
    `);
    rmSync(path.join(folder, 'train/cats/more'), { recursive: true });
    put('rgb.png', 'train/1.png');
    expect(await refused(both)).toMatchInlineSnapshot(`
      "error[NRM5082]: …/train/1.png lies in no folder of a class
        = help: images of a class lie in its folder and not deeper, as \`cats/1.png\`: move it there, or out of the data
        = explain: nrmc explain NRM5082"
    `);
  });

  test('without classes lie in the folder and its folders, not deeper', async () => {
    put('rgb.png', 'train/c.png');
    const only = [x([6, 5, 1], 'image')];
    expect(load({ source, fields: only, test: 0.25 }).train.rows).toHaveLength(3);
    put('rgb.png', 'train/cats/more/1.png');
    expect(await refused({ source, fields: only, test: 0.25 })).toContain('error[NRM5082]');
  });
});

describe('cifar', () => {
  const batch = (labels: readonly number[], first: number): Uint8Array =>
    Uint8Array.from([...labels, ...Array.from({ length: 3072 }, (_, i) => (i === 0 ? first : 0))]);
  const image = x([32, 32, 3], 'image');
  const source = { kind: 'cifar', name: 'cifar' } as const;

  test('of ten classes, in six files', async () => {
    for (const n of [1, 2, 3, 4, 5]) write(`cifar/data_batch_${n}.bin`, batch([n], 10 * n));
    write('cifar/test_batch.bin', batch([9], 90));
    const data = load({ source, fields: [image, label(10)] });
    expect([valuesOf(data.train, 'label'), valuesOf(data.test, 'label')]).toEqual([[1, 2, 3, 4, 5], [9]]);
    expect(valuesOf(data.train, 'image')[3072]).toBe(20);
    rmSync(path.join(folder, 'cifar/data_batch_3.bin'));
    expect(await refused({ source, fields: [image, label(10)] })).toContain(
      'there is no\n  …/cifar/data_batch_3.bin\n',
    );
  });

  test('of a hundred classes in twenty', () => {
    write('cifar/train.bin', batch([4, 77], 1));
    write('cifar/test.bin', batch([19, 3], 1));
    const { train } = load({ source, fields: [image, label(20, 'coarse'), label(100, 'fine')] });
    expect([valuesOf(train, 'coarse'), valuesOf(train, 'fine')]).toEqual([[4], [77]]);
    expect(valuesOf(load({ source, fields: [image, label(100)] }).test, 'label')).toEqual([3]);
  });
});

describe('samples from a program', () => {
  const fields = [x([2]), label(3)];
  const config = configOf({ source: csv('unused.csv'), fields, validation: 0.5 });
  const samples = (n: number) => Array.from({ length: n }, (_, i) => ({ x: [i, -i], label: i % 3 }));

  test('from arrays, generators and what is asynchronous', async () => {
    async function* later() {
      for (const sample of samples(100)) yield { ...sample, x: Float32Array.from(sample.x), more: [1, 2, 3] };
    }
    const data = await samplesOf(config, { train: later(), test: new Set(samples(2)) });
    expect([data.train, data.validation, data.test].map((p) => p?.rows.length)).toEqual([50, 50, 2]);
    expect(await samplesOf(config, { train: samples(100), test: samples(2) })).toEqual(data);
    const shared = { ...config, data: { ...config.data, test: 0.1 } };
    expect((await samplesOf(shared, { train: samples(100) })).test.rows).toHaveLength(10);
  });

  test('give the batches that files with the same values give', async () => {
    await chooseBackend('cpu');
    write(
      'all.csv',
      `x,y,label\n${samples(40)
        .map(({ x: [a, b], label: l }) => `${a},${b},${l}`)
        .join('\n')}\n`,
    );
    const steps = [
      { kind: 'minmax', low: -1, high: 1, per: 'channel' },
      { kind: 'zca', epsilon: 0.1 },
    ] as const;
    const data = { name: 'D', validation: 0.1, test: 0.25, source: csv('all.csv') } as const;
    const whitened = configOf({ ...data, fields: [{ ...x([2]), preprocessing: steps } as DataField, label(3)] });
    const read = loadData(whitened, { data: folder, beside: [] });
    const given = await samplesOf(whitened, { train: samples(40) });
    for (const part of ['train', 'validation', 'test'] as const) {
      const [a, b] = [read, given].map((d) => take(d[part] ?? expect.fail(), [0, 2, 1]).fields);
      expect(await a?.x?.array()).toEqual(await b?.x?.array());
      expect(await a?.label?.array()).toEqual(await b?.label?.array());
    }
  });

  test('that do not have what their fields need', async () => {
    const told = (...train: Sample[]) => refusal(() => samplesOf(config, { train, test: samples(2) }));
    expect(await told({ x: [1, 2], label: 0 }, { x: [1], label: 0 })).toMatchInlineSnapshot(`
      "error[NRM5076]: sample 1 of \`train\`: \`x\` is 1 number, not 2
        = help: [2] is 2 numbers, the last axis running fastest
        = explain: nrmc explain NRM5076"
    `);
    expect(await told({ x: [1, 2] })).toMatchInlineSnapshot(`
      "error[NRM5076]: sample 0 of \`train\`: \`label\` is missing
        = help: a class is one whole number
        = explain: nrmc explain NRM5076"
    `);
    expect(await told({ x: [1, 2], label: 0.5 })).toContain('`label` is 0.5, not a whole number');
    expect(await told({ x: [1, 2], label: 2 ** 32 })).toContain('`label` is 4294967296, beyond the whole numbers');
    expect(await told({ x: [1, 2], label: 3 }, { x: [1, 2], label: 2 })).toContain('label 3 of sample 0 is outside');
    expect(await told({ x: [1, Number.NaN], label: 0 })).toContain('`x` holds NaN in sample 0');
    expect(await told()).toContain('NRM4017');
    expect(await refusal(() => samplesOf(config, { train: samples(4) }))).toMatchInlineSnapshot(`
      "error[NRM5077]: data \`D\` has no test part: neither \`test\` samples nor a share of the training part
        = help: give \`test\` beside \`train\`, or write \`test: 20%\` in the data
        = explain: nrmc explain NRM5077"
    `);
  });
});
