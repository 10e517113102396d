/** Expressions and arguments. */
import { describe, expect, test } from 'vitest';
import { codes, diagnose, model } from './support.ts';

const net = (parameters: string, body: string): string =>
  `network Net(${parameters}) { input x: float32[12, 12, 3]  ${body} }`;
const units = (parameters: string, expression: string): unknown => {
  const built = model(net(parameters, `flatten  dense(${expression})`), 'Net');
  return built.layers.at(-1)?.args.units;
};

describe('arithmetic', () => {
  test.each([
    ['', '2 + 3 * 4', 14],
    ['', '(2 + 3) * 4', 20],
    ['', '12 - 2 - 3', 7],
    ['', '100 / 4 / 5', 5],
    ['n = 3', 'n * n', 9],
    ['n = 3, m = n + 1', 'm', 4],
    ['', '50% * 20', 10],
    ['', '-(-4)', 4],
  ])('(%s) %s = %d', (parameters, expression, value) => {
    expect(units(parameters, expression)).toBe(value);
  });

  test('conditions, as a value', () => {
    const bias = (expression: string): unknown =>
      model(net('n = 3, w = same', `flatten  dense(4, bias: ${expression})`), 'Net').layers[1]?.args.bias;
    expect(['n == 3', 'n != 3', 'n < 3 or n > 2', 'not n >= 3', 'w == same and n <= 3'].map(bias)).toEqual([
      'true',
      'false',
      'true',
      'false',
      'true',
    ]);
  });

  test.each([
    ['', '5 / 2', 'NRM2205'],
    ['', '5 / 0', 'NRM2302'],
    ['n = 3', 'm + 1', 'NRM2304'],
    ['', '1 + true', 'NRM2301'],
    ['', '1 + "1"', 'NRM2301'],
    ['', '1 and true', 'NRM2301'],
    ['', 'not 1', 'NRM2301'],
    ['', '1 == one', 'NRM2305'],
    ['', '[1] + [2]', 'NRM2301'],
    ['', '1e308 * 10', 'NRM2303'],
    ['', 'widht', 'NRM2205'],
    ['', '-1', 'NRM2205'],
    ['', '10, 20', 'NRM2204'],
    ['', 'units: 10, bias: maybe', 'NRM2205'],
    ['n', 'n, bais: true', 'NRM2202'],
    ['n = 1, n = 2', '3', 'NRM2007'],
  ])('(%s) %s is refused', (parameters, expression, code) => {
    expect([...new Set(codes(net(parameters, `flatten  dense(${expression})`)))]).toEqual([code]);
  });
});

describe('suggestions', () => {
  const helpOf = (body: string): readonly (string | null)[] => diagnose(net('width = 4', body)).map((d) => d.help);
  test.each([
    ['Conv2D(4, kernel: 3)', 'did you mean `conv`?'],
    ['MaxPooling2D(2)', 'did you mean `maxpool`?'],
    ['Linear(4)', 'did you mean `dense`?'],
    ['BatchNorm2d', 'did you mean `norm`?'],
    ['conv(4, kernel_size: 3)', 'did you mean `kernel`?'],
    ['conv(4, kernel: 3, use_bias: false)', 'did you mean `bias`?'],
    ['conv(4, 3)', 'did you mean `kernel: 3`?'],
    ['conv(4, kernel: 3, padding: vlaid)', 'did you mean `valid`?'],
    ['conv(widt, kernel: 3)', 'did you mean `width`?'],
    ['conv(4, kernel: 3)  norm(batch(eps: 0.1))', 'did you mean `epsilon`?'],
    ['conv(4, kernel: 3)  drop(dropout(rate: 0.1))', 'did you mean `drop`?'],
  ])('%s', (body, help) => {
    expect(helpOf(body)).toEqual([help]);
  });
});
