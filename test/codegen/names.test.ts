import { expect, test } from 'vitest';
import { camel, Names } from '../../src/codegen/tfjs/names.ts';

test('paths become variable names', () => {
  expect(camel('d.stem.conv1.kernel')).toBe('dStemConv1Kernel');
  expect(camel('Residual1.global_avgpool1')).toBe('residual1GlobalAvgpool1');
  expect(['X', '_x', '__x', 'a_1', 'a_b_c', 'a__b', 'a_'].map(camel)).toEqual([
    'X',
    '_x',
    '__x',
    'a_1',
    'aBC',
    'aB',
    'a_',
  ]);
});

test('names are unique, stable, and keep clear of words and imports', () => {
  const names = new Names(['maxPool', 'params']);
  expect(names.of('%a.b')).toBe('aB');
  expect(names.of('%aB')).toBe('aB_2');
  expect(names.of('%a.b')).toBe('aB');
  for (const taken of ['class', 'await', 'maxPool', 'params', 'arguments', 'undefined'] as const)
    expect(names.of(`%${taken}`)).toBe(`${taken}_2`);
});

test('storage is read through its path', () => {
  const names = new Names([]);
  names.bind('@conv1.kernel', 'params.conv1.kernel');
  expect(names.of('@conv1.kernel')).toBe('params.conv1.kernel');
});
