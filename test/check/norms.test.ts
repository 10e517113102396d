/** Norms as a spec says them: what they own, where they are refused, and why a bias is left out. */
import { describe, expect, test } from 'vitest';
import { codes, model, spec, spoken } from './support.ts';

const norm = (method: string, body = 'conv(6, kernel: 3)  norm') => model(spec(body, `norm: ${method}`), 'Net');
const weightsOf = (method: string): readonly string[] =>
  norm(method).layers.flatMap((l) => (l.path === 'norm1' ? l.weights.map((w) => `${w.spec.name} [${w.shape}]`) : []));

test.each([
  ['batch', ['gamma [6]', 'beta [6]', 'mean [6]', 'variance [6]']],
  ['batch(track: false)', ['gamma [6]', 'beta [6]']],
  ['ghost_batch(4, scale: false)', ['beta [6]', 'mean [6]', 'variance [6]']],
  ['layer', ['gamma [6]', 'beta [6]']],
  ['layer(axes: channel, center: false)', ['gamma [6]']],
  ['group(3)', ['gamma [6]', 'beta [6]']],
  ['instance(scale: false, center: false)', []],
  ['frn', ['gamma [6]', 'beta [6]']],
  ['frn(learned_epsilon: true)', ['gamma [6]', 'beta [6]', 'epsilon [1]']],
  ['rms', ['gamma [6]']],
  ['local_response(k: 1, size: 3)', []],
])('%s owns %j', (method, expected) => {
  expect(weightsOf(method)).toEqual(expected);
});

test('activations with a weight per channel', () => {
  const of = model(spec('conv(6, kernel: 3)  norm  act(tlu)  conv(4, kernel: 3)  act(prelu)', 'norm: frn'), 'Net');
  const weights = of.layers.flatMap((l) => (l.def.use === 'act' ? l.weights : []));
  expect(weights.map((w) => [w.name, w.shape, w.init])).toEqual([
    ['act1.tau', [6], { kind: 'zeros', attrs: {} }],
    ['act2.slope', [4], { kind: 'constant', attrs: { value: 0.25 } }],
  ]);
});

describe('nothing to measure', () => {
  const features = 'flatten  dense(6)  norm';
  test.each([
    ['group', 'conv(48, kernel: 3)  norm', ['NRM2310']],
    ['group(16)', 'conv(48, kernel: 3)  norm', []],
    ['group(6)', features, ['NRM2311']],
    ['group(3)', features, []],
    ['instance', features, ['NRM2311']],
    ['instance', 'conv(6, kernel: 12, padding: valid)  norm', ['NRM2311']],
    ['instance', 'conv(6, kernel: 11, padding: valid)  norm', []],
    ['layer', features, []],
    ['layer(axes: channel)', 'conv(1, kernel: 3)  norm', ['NRM2311']],
    ['frn', features, ['NRM2312']],
    ['frn(learned_epsilon: true)', features, []],
    ['rms', 'conv(1, kernel: 3)  norm', ['NRM2312']],
    ['ghost_batch(1)', features, ['NRM2311']],
    ['ghost_batch(1)', 'conv(6, kernel: 3)  norm', []],
    ['local_response(size: 4)', 'conv(6, kernel: 3)  norm', ['NRM2205']],
    ['ghost_batch', 'conv(6, kernel: 3)  norm', ['NRM2201']],
  ])('%s after %s', (method, body, expected) => {
    expect(codes(spec(body, `norm: ${method}`))).toEqual(expected);
  });

  test('the message has both numbers', () => {
    const [found] = spoken(spec('conv(48, kernel: 3)  norm', 'norm: group'));
    expect(found).toContain('`norm1`: 32 groups do not divide 48 channels');
  });
});

describe('slices of a batch', () => {
  const train = (method: string, batch: string): string => `
${spec('conv(4, kernel: 3)  norm  flatten  dense(3)', `norm: ${method}`)}
data D { source: idx("d")  fields { image: float32[12, 12, 3]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  ${batch}  epochs: 1 }`;
  test.each([
    ['ghost_batch(16)', 'batch: 64  last: drop', []],
    ['ghost_batch(64)', 'batch: 64  last: drop', []],
    ['ghost_batch(16)', 'batch: 64', ['NRM2314']],
    ['ghost_batch(24)', 'batch: 64  last: drop', ['NRM2313']],
    ['ghost_batch(128)', 'batch: 64', ['NRM2313']],
    ['ghost_batch(1)', 'batch: 64', []],
    ['batch', 'batch: 64', []],
  ])('%s, %s', (method, batch, expected) => {
    expect(codes(train(method, batch))).toEqual(expected);
  });
  test('not where its statistics are frozen', () => {
    expect(codes(train('ghost_batch(24)  norm { trainable: false }', 'batch: 64'))).toEqual([]);
  });
});

describe('a rectifier behind frn', () => {
  test.each([
    ['norm: frn  act: tlu', []],
    ['norm: frn  act: relu', ['NRM6025']],
    ['norm: frn  act: leaky_relu', ['NRM6025']],
    ['norm: frn  act: tanh', []],
    ['norm: rms  act: relu', []],
    ['norm: batch  act: relu', []],
  ])('%s', (policy, expected) => {
    expect(codes(spec('repeat 2 { conv(4, kernel: 3)  norm  act }', policy))).toEqual(expected);
  });
});

describe('bias: auto', () => {
  const reason = (policy: string): string | null | undefined =>
    model(spec('conv(6, kernel: 3)  norm', policy), 'Net').layers[0]?.biasReason;
  test.each(['batch', 'ghost_batch(2)', 'instance', 'batch(track: false)'])('none before %s', (method) => {
    expect(reason(`norm: ${method}`)).toBe('no bias: norm1 subtracts the mean');
  });
  test.each(['layer', 'layer(axes: channel)', 'group(3)', 'frn', 'rms', 'local_response'])(
    'one before %s',
    (method) => {
      expect(reason(`norm: ${method}`)).toBe('bias: nothing after it subtracts a mean');
    },
  );
  test('none before a norm whose statistics are frozen, which is not because of the mean', () => {
    expect(reason('norm: batch  norm { trainable: false }')).toBe(
      'no bias: norm1 shifts each channel itself; the mean that it subtracts is frozen',
    );
  });
});

test('what does nothing with `track: false`', () => {
  const policy = 'norm: batch(track: false, unbiased: true, statistics: population)';
  expect(codes(spec('conv(6, kernel: 3)  norm', policy))).toEqual(['NRM6013', 'NRM6013']);
});
