/** Names of steps: automatic ones count places in the text; labels have rules. */
import { describe, expect, test } from 'vitest';
import { codes, model, spec } from './support.ts';

const paths = (body: string, policy: string): readonly string[] =>
  model(spec(body, policy), 'Net').layers.map((l) => l.path);

describe('automatic names', () => {
  const body = 'conv(4, kernel: 3)  norm  act  maxpool(2)  conv(4, kernel: 3)  norm  act  drop  flatten  dense(3)';

  test('count each op and slot by itself', () => {
    expect(paths(body, 'norm: batch  act: relu  drop: dropout(drop: 0.5)')).toEqual(
      'conv1 norm1 act1 maxpool1 conv2 norm2 act2 drop1 flatten1 dense1'.split(' '),
    );
  });

  test('do not depend on what is filled', () => {
    expect(paths(body, 'act[last] { act: relu }')).toEqual('conv1 maxpool1 conv2 act2 flatten1 dense1'.split(' '));
  });

  test('begin anew in each stage', () => {
    expect(
      paths(
        'a: { conv(4, kernel: 3)  act  b: { conv(4, kernel: 3)  act } conv(4, kernel: 1) }  conv(4, kernel: 3)  act',
        'act: relu',
      ),
    ).toEqual('a.conv1 a.act1 a.b.conv1 a.b.act1 a.conv2 conv1 act1'.split(' '));
  });

  test('a label does not rename its neighbours', () => {
    expect(paths('conv(4, kernel: 3)  middle: conv(4, kernel: 3)  conv(4, kernel: 3)', '')).toEqual([
      'conv1',
      'middle',
      'conv3',
    ]);
  });
});

describe('labels', () => {
  test.each([
    'conv',
    'flatten',
    'norm',
    'drop',
    'first',
    'last',
    'not',
    'gradient',
    'stop',
    'kernel',
    'bias',
    'gamma',
    'lstm',
    'attention',
    'shortcut',
  ])('%s is taken', (label) => {
    expect(codes(spec(`${label}: dense(3)`, '')).filter((c) => c === 'NRM2006')).toEqual(['NRM2006']);
  });

  test.each(['batch', 'relu', 'mean', 'policy', 'train', 'layer', 'constructor', 'toString'])('%s is free', (label) => {
    expect(codes(spec(`flatten  ${label}: dense(3)`, ''))).toEqual([]);
  });

  test('twice in one stage, with an automatic name, with the input', () => {
    expect(codes(spec('flatten  a: dense(3)  a: dense(3)', ''))).toEqual(['NRM2007']);
    expect(codes(spec('flatten  dense2: dense(3)  dense(3)', ''))).toEqual(['NRM2007']);
    expect(codes(spec('flatten  image: dense(3)', ''))).toEqual(['NRM2007']);
    expect(codes(spec('a: { conv(4, kernel: 3) }  b: { conv(4, kernel: 3) }', ''))).toEqual([]);
  });
});
