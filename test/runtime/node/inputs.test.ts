/** Raw inputs for prediction: what was trained on can be predicted from the same files. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { inShapeOf, type Reading, readInputs } from '../../../src/runtime/node/inputs.ts';
import type { InputSpec } from '../../../src/runtime/weights.ts';
import { refusal, temporary } from './helpers.ts';

let folder: string;
beforeEach(() => {
  folder = temporary();
});
const spec = (name: string, shape: InputSpec['shape']): InputSpec => ({ name, dtype: 'float32', shape });

describe('tables', () => {
  const read = (text: string, wanted: readonly InputSpec[], reading: Reading) => {
    const file = path.join(folder, 'x.csv');
    writeFileSync(file, text);
    return readInputs([file], wanted, reading);
  };
  const text = 'a,kind,b\n1,0,2\n3,1,4\n';

  test('columns of other fields may stand in the file, or not', () => {
    const x = spec('x', [2]);
    const of = (written: string, reading: Reading) => [...(read(written, [x], reading).get('x')?.values ?? [])];
    expect(of(text, { single: ['kind'] })).toEqual([1, 2, 3, 4]);
    expect(of('a,b\n1,2\n3,4\n', { single: ['kind'] })).toEqual([1, 2, 3, 4]);
    const listed = [{ field: 'label', columns: ['kind'] }];
    expect(of(text, { columns: listed, single: ['label'] })).toEqual([1, 2, 3, 4]);
    expect(of(text, { columns: [{ field: 'x', columns: ['b', 'a'] }] })).toEqual([2, 1, 4, 3]);
    const one = read(text, [spec('b', [1]), x], { single: ['b'], columns: [{ field: 'x', columns: ['a', 'kind'] }] });
    expect([...(one.get('b')?.values ?? [])]).toEqual([2, 4]);
  });

  test('a column too many is told by name', async () => {
    expect(await refusal(() => read(text, [spec('x', [2])], {}), folder)).toMatchInlineSnapshot(`
      "error[NRM5080]: …/x.csv leaves 3 columns for \`x: float32[2]\`, which takes 2: \`a\`, \`kind\`, \`b\`
        = help: leave columns that are no part of it out of the file
        = explain: nrmc explain NRM5080"
    `);
  });

  test('sizes with names are as many as there are columns', () => {
    expect(read(text, [spec('x', ['N'])], {}).get('x')?.shape).toEqual([2, 3]);
  });
});

test('arrays take the shape of their input as data take that of their field', () => {
  const shaped = (shape: InputSpec['shape'], found: readonly number[]): readonly number[] =>
    inShapeOf(spec('x', shape), { shape: found, values: new Float32Array(found.reduce((a, b) => a * b, 1)) }).shape;
  expect(shaped([28, 28, 1], [5, 28, 28])).toEqual([5, 28, 28, 1]);
  expect(shaped(['H', 'W', 1], [5, 28, 30])).toEqual([5, 28, 30, 1]);
  expect(shaped([784], [5, 28, 28])).toEqual([5, 784]);
  expect(shaped([1], [5])).toEqual([5, 1]);
  // Others are left to be refused.
  expect(shaped([28, 28, 3], [5, 28, 28])).toEqual([5, 28, 28]);
  expect(shaped([28, 28, 1], [5, 28, 27])).toEqual([5, 28, 27]);
  expect(shaped([783], [5, 28, 28])).toEqual([5, 28, 28]);
});
