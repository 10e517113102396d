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
    ['dense(4, activation: "relu")', 'write `act` after it, and `act: relu` in the policy or `act(relu)` here'],
    [
      'flatten  dense(width / 3)',
      '`/` does not round: use numbers that divide without a remainder, or write `1` or `2`',
    ],
    ['flatten  dense(2.5)', 'sizes and counts are whole: write `2` or `3`'],
  ])('%s', (body, help) => {
    expect(helpOf(body)).toEqual([help]);
  });
});

test.each([
  ['xavier', 'glorot'],
  ['xavier_normal', 'glorot_normal'],
  ['he_normal', 'he'],
  ['"kaiming_normal"', 'kaiming'],
])('init: %s', (written, meant) => {
  const text = `network N with P { input x: float32[4]  dense(2) } policy P { dense { init: ${written} } }`;
  expect(diagnose(text).map((d) => [d.code, d.help])).toEqual([['NRM3009', `did you mean \`${meant}\`?`]]);
});

describe('parameters that nothing reads', () => {
  test.each([
    ['network N(z = 3) { input x: float32[4]  dense(2) }', 'parameter `z` of network `N`'],
    [
      'network N with P(0.1) { input x: float32[4]  dense(2) act } policy P(rate) { act: relu }',
      'parameter `rate` of policy `P`',
    ],
  ])('%s', (text, what) => {
    expect(diagnose(text).map((d) => `${d.code} ${d.message}`)).toEqual([
      `NRM3005 ${what} does nothing: nothing reads it`,
    ]);
  });

  test.each([
    'network N(z = 3, y = z) { input x: float32[y]  dense(2) }',
    'network N with P(0.1) { input x: float32[4]  dense(2) } policy P(a) extends Q(a) {} policy Q(b) { dense { decay: b } }',
  ])('read: %s', (text) => {
    expect(diagnose(text)).toEqual([]);
  });

  test('a misspelt use is one mistake', () => {
    expect(codes('network N(width = 3) { input x: float32[4]  dense(widt) }')).toEqual(['NRM2205']);
  });
});

test('numbers in messages are as written', () => {
  const train = (more: string): string => `
network Net { input x: float32[4, 4, 1]  flatten  dense(2) }
data D { source: idx("d")  fields { x: float32[4, 4, 1]  label: class(2) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 4  epochs: 1  ${more} }`;
  expect(diagnose(train('seed: 99999999999999999999'))[0]?.message).toMatch(/found 99999999999999999999$/);
  const [validation] = diagnose(train('').replace('idx("d")', 'idx("d")  validation: 100%'));
  expect([validation?.message, validation?.help]).toEqual([
    '`validation` takes a share from 0% to below 100%, found 100%',
    '`10%` holds out a tenth, and some samples must be left to train on',
  ]);
  const [drop] = diagnose(net('', 'drop(dropout(drop: 1.0))  flatten  dense(2)'));
  expect(drop?.message).toBe('`drop` of `dropout` takes a number above 0 and below 1, found 1.0');
});
