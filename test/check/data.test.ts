/** Data declarations: sources, fields, preprocessing, and which samples are used for what. */
import { describe, expect, test } from 'vitest';
import { resolvedSpec } from '../../src/check/index.ts';
import { codes, diagnose, trainOf } from './support.ts';

const fields = 'fields { image: float32[8, 8, 1]  label: class(4) }';
const data = (body: string): readonly string[] => codes(`data D { ${body} }`);
const idx = (settings: string, body = fields): readonly string[] => data(`source: idx("d")  ${settings}  ${body}`);

describe('sources', () => {
  test.each([
    ['idx("d")', []],
    ['idx', ['NRM2201']],
    ['idx("")', ['NRM2205']],
    ['idx(d)', ['NRM2205']],
    ['idx("d", 3)', ['NRM2204']],
    ['ixd("d")', ['NRM3204']],
    ['"d"', ['NRM3204']],
    ['cifar("d")', ['NRM3325']],
  ])('%s', (source, expected) => {
    expect(data(`source: ${source}  ${fields}`)).toEqual(expected);
  });

  test.each([
    ['csv("d.csv")', []],
    ['csv("d.csv", separator: ";", header: false)', []],
    ['csv("d.csv", separator: tab)', []],
    ['csv("d.csv", separator: ";;")', ['NRM2205']],
    ['csv("d.csv", delimiter: ";")', ['NRM2202']],
    ['images("d")', []],
    ['images("d", resize: true)', []],
    ['images("d", resize: 32)', ['NRM2205']],
    ['npy("d")', []],
    ['npz("d.npz")', []],
    ['safetensors("d.safetensors")', []],
  ])('%s, with a part to test with', (source, expected) => {
    expect(data(`source: ${source}  test: 20%  ${fields}`)).toEqual(expected);
    if (expected.length === 0) expect(data(`source: ${source}  ${fields}`)).toEqual(['NRM3320']);
  });

  test('give some fields and no others', () => {
    const of = (source: string, types: string) => data(`source: ${source}  test: 20%  fields { ${types} }`);
    expect(of('images("d")', 'a: float32[8, 8, 3]  b: class(2)')).toEqual([]);
    expect(of('images("d")', 'a: float32[8, 8]  b: class(2)')).toEqual(['NRM3325']);
    expect(of('images("d")', 'a: float32[8, 8, 2]  b: class(2)')).toEqual(['NRM3325']);
    expect(of('images("d")', 'a: float32[8, 8, 3]  b: class(2)  c: class(3)')).toEqual(['NRM3325', 'NRM3325']);
    expect(of('cifar("d")', 'a: float32[32, 32, 3]  fine: class(100)  coarse: class(20)')).toEqual([]);
    expect(of('cifar("d")', 'a: float32[32, 32, 3]  b: float32[32, 32, 3]')).toEqual(['NRM3325', 'NRM3325']);
    expect(of('npz("d")', 'a: int32[7]  b: real  c: float32[2, 2, 2, 2]')).toEqual([]);
  });
});

describe('parts', () => {
  test.each([
    ['test: 20%', []],
    ['test: 0%', ['NRM3204']],
    ['test: 100%', ['NRM3204']],
    ['test: 20', ['NRM3204']],
    ['test: csv("t.csv")', []],
    ['test: cvs("t.csv")', ['NRM3204']],
    ['test: csv', ['NRM2201']],
    ['limit: 2000', []],
    ['limit: { train: 2000 }', []],
    ['limit: { train: 2000  test: 500 }', []],
    ['limit: { test: 0 }', ['NRM3204']],
    ['limit: { tests: 3 }', ['NRM3201']],
    ['limit: { test: 3  test: 4 }', ['NRM3203']],
    ['limit: 10%', ['NRM3204']],
    ['limit: few', ['NRM3204']],
    ['limit: { }', ['NRM3204']],
    ['shuffle: false', []],
    ['shuffle: never', ['NRM3204']],
    ['shuffle: false  shuffle: true', ['NRM3203']],
  ])('%s', (settings, expected) => {
    expect(idx(settings)).toEqual(expected);
  });
});

describe('columns', () => {
  const of = (columns: string, source = 'csv("d.csv")'): readonly string[] =>
    data(`source: ${source}  test: 20%  columns: ${columns}  fields { x: float32[3]  y: class(2)  z: real }`);
  test.each([
    ['{ x: [a, "b c", 3]  y: kind  z: "price" }', []],
    ['{ x: [a, b] }', ['NRM3321']],
    ['{ x: [a, b, a] }', ['NRM3327']],
    ['{ x: [1, 2, 1] }', ['NRM3327']],
    ['{ y: [a, b] }', ['NRM3321']],
    ['{ x: [a, b, 0.5] }', ['NRM3204']],
    ['{ w: a }', ['NRM3201']],
    ['{ y: a  y: b }', ['NRM3203']],
    ['[a, b]', ['NRM3204']],
    ['{ }', ['NRM3204']],
  ])('%s', (columns, expected) => {
    expect(of(columns)).toEqual(expected);
  });

  test('are of tables only', () => {
    expect(of('{ y: a }', 'npz("d.npz")')).toEqual(['NRM3323']);
  });
});

test('types that are none are told with what to type', () => {
  const told = (type: string) =>
    diagnose(`data D { source: csv("d.csv")  test: 20%  fields { x: ${type} } }`).map((d) =>
      [d.code, d.help].join(' '),
    );
  expect(told('class("a", "b", "c")')).toEqual([
    'NRM3204 write how many there are: `class(3)`; files hold them as numbers from 0',
  ]);
  expect(told('class')[0]).toContain('NRM3204 write how many there are: `class(10)`');
  expect(told('class(1)')[0]).toContain('NRM3204 write how many there are');
  expect(told('float32(4)')).toEqual(['NRM3204 sizes stand in square brackets: `float32[4]`']);
  expect(told('int32(2, 3)')).toEqual(['NRM3204 sizes stand in square brackets: `int32[2, 3]`']);
  expect(told('rael')).toEqual(['NRM3204 did you mean `real`?']);
});

describe('preprocessing', () => {
  const of = (steps: string, type = 'float32[8, 8, 1]') =>
    idx('', `fields { image: ${type} = ${steps}  label: class(4) }`);
  test.each([
    ['none', []],
    ['minmax', []],
    ['minmax(-1, 1)', []],
    ['minmax(1, -1)', ['NRM3204']],
    ['minmax(per: channel)', []],
    ['standardize(per: channel)', []],
    ['standardize(per: pixel)', ['NRM2205']],
    ['zca', []],
    ['zca(epsilon: 0.01)', []],
    ['zca(epsilon: -1)', ['NRM2205']],
    ['zca(0.1)', ['NRM2204']],
    ['[minmax, zca]', []],
    ['[standardize(per: channel), zca(epsilon: 1e-3)]', []],
    ['[zca, minmax]', ['NRM3326']],
    ['[zca, zca]', ['NRM3326']],
    ['[none, zca]', ['NRM3204']],
    ['[]', ['NRM3204']],
    ['minmx', ['NRM3204']],
  ])('%s', (steps, expected) => {
    expect(of(steps)).toEqual(expected);
  });

  test('of whole numbers, and of samples too large to whiten', () => {
    expect(of('minmax', 'int32[8]')).toEqual(['NRM3324']);
    expect(of('none', 'int32[8]')).toEqual([]);
    expect(of('zca', 'float32[32, 32, 3]')).toEqual([]);
    expect(of('zca', 'float32[33, 32, 3]')).toEqual(['NRM3322']);
  });
});

test('the resolved spec says all of it, and reads as itself', () => {
  const spec = (declaration: string): string => `
network Net { input x: float32[3]  y: dense(2) }
${declaration}
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 2 }
`;
  const settings = `source: csv("d.csv", separator: tab)  test: csv("t.csv")  limit: { train: 20  test: 5 }  shuffle: false
  columns: { x: [a, "b c", 3]  y: kind }  validation: 10%`;
  const types = 'fields { x: float32[3] = [minmax(-1, 1), standardize(per: channel), zca]  y: class(2) }';
  const resolved = resolvedSpec(trainOf(spec(`data D { ${settings}  ${types} }`), 't'));
  expect(resolved.slice(resolved.indexOf('data D'), resolved.indexOf('train t'))).toMatchInlineSnapshot(`
    "data D {
      source: csv("d.csv", separator: "\\t", header: true)
      columns: { x: ["a", "b c", "3"]  y: ["kind"] }
      validation: 0.1
      test: csv("t.csv", separator: ",", header: true)
      limit: { train: 20  test: 5 }
      shuffle: false
      fields {
        x: float32[3] = [minmax(-1, 1), standardize(per: channel), zca]
        y: class(2)
      }
    }

    "
  `);
  expect(resolvedSpec(trainOf(resolved, 't'))).toBe(resolved);
});
