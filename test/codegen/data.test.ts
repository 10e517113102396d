/** The data of a train as the emitted entry says them: what the runtime reads, and nothing that is as it is by default. */
import { expect, test } from 'vitest';
import { dataLiteral } from '../../src/codegen/tfjs/data.ts';
import type { DataConfig } from '../../src/runtime/model.ts';
import { trainOf } from '../check/support.ts';

const literal = (data: string, shape = '3') =>
  dataLiteral(
    trainOf(
      `
network Net { input x: float32[${shape}]  flatten  y: dense(2) }
data D { ${data} }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2 }`,
      't',
    ).data,
  );

test('of a set with its own test part, little', () => {
  const expected: DataConfig = {
    name: 'D',
    source: { kind: 'idx', name: 'd' },
    fields: [
      { kind: 'tensor', name: 'x', dtype: 'float32', shape: [3], preprocessing: 'minmax' },
      { kind: 'class', name: 'y', classes: 2 },
    ],
    validation: 0,
  };
  expect(literal('source: idx("d")  fields { x: float32[3] = minmax  y: class(2) }')).toEqual(expected);
});

test('of a table, where its cells are', () => {
  const source = { kind: 'csv', name: 'd.csv', separator: '\t', header: false } as const;
  const expected: DataConfig = {
    name: 'D',
    source,
    fields: [
      {
        kind: 'tensor',
        name: 'x',
        dtype: 'float32',
        shape: [3],
        preprocessing: [{ kind: 'standardize', per: 'channel' }],
      },
      { kind: 'class', name: 'y', classes: 2 },
    ],
    columns: [
      { field: 'x', columns: ['1', '2', '5'] },
      { field: 'y', columns: ['3'] },
    ],
    validation: 0.1,
    test: 0.2,
    limit: { train: 20, test: null },
    shuffle: false,
  };
  const parts = 'validation: 10%  test: 20%  limit: 20  shuffle: false';
  const columns = 'columns: { x: [1, 2, 5]  y: 3 }';
  const fields = 'fields { x: float32[3] = standardize(per: channel)  y: class(2) }';
  expect(literal(`source: csv("d.csv", separator: tab, header: false)  ${parts}  ${columns}  ${fields}`)).toEqual(
    expected,
  );
});

test('of images, steps in order', () => {
  const expected: DataConfig = {
    name: 'D',
    source: { kind: 'images', name: 'train', resize: true },
    fields: [
      {
        kind: 'tensor',
        name: 'x',
        dtype: 'float32',
        shape: [4, 4, 3],
        preprocessing: [
          { kind: 'minmax', low: -1, high: 1, per: 'all' },
          { kind: 'zca', epsilon: 0.1 },
        ],
      },
      { kind: 'class', name: 'y', classes: 2 },
    ],
    validation: 0,
    test: { kind: 'images', name: 'test', resize: false },
    limit: { train: null, test: 5 },
  };
  const parts = 'test: images("test")  limit: { test: 5 }';
  const fields = 'fields { x: float32[4, 4, 3] = [minmax(-1, 1), zca]  y: class(2) }';
  expect(literal(`source: images("train", resize: true)  ${parts}  ${fields}`, '4, 4, 3')).toEqual(expected);
});
