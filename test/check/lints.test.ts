/** Lints: when they speak, and when they do not. */
import { describe, expect, test } from 'vitest';
import { codes, diagnose, spec } from './support.ts';

const trained = (policy: string, optimizer: string, batch: number): readonly string[] =>
  codes(
    `
network Net with P { input image: float32[8, 8, 1]  conv(4, kernel: 3)  norm  act  flatten  dense(3) }
policy P { norm?: none  act: relu  ${policy} }
policy Normed { norm: batch  act: relu }
data D { source: idx("d")  fields { image: float32[8, 8, 1]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: ${optimizer}  batch: ${batch}  epochs: 1 ${policy === 'normed' ? 'policy: Normed' : ''} }
`.replace('normed }', '}'),
  );

describe('dropout and batch norm', () => {
  const policy = 'norm?: batch  act?: relu  drop?: dropout(drop: 0.3)';
  test.each([
    ['conv(4, kernel: 3)  drop  norm  act', ['NRM6001']],
    ['conv(4, kernel: 3)  drop  act  norm', ['NRM6001']],
    ['conv(4, kernel: 3)  drop  maxpool(2)  scale(0.5)  norm', ['NRM6001']],
    ['conv(4, kernel: 3)  drop  sum { | act | identity }  norm', ['NRM6001']],
    ['conv(4, kernel: 3)  concat { | drop | identity }  act  norm', ['NRM6001']],
    ['conv(4, kernel: 3)  norm  act  drop', []],
    // Weights mix what was dropped.
    ['conv(4, kernel: 3)  norm  act  drop  conv(4, kernel: 3)  norm', []],
    // The mean of all positions hardly varies.
    ['conv(4, kernel: 3)  drop  global_avgpool  norm', []],
    // It meets the other norm first, which is told of; and is told of once for the two.
    ['conv(4, kernel: 3)  drop  norm  act  norm', ['NRM6001']],
    ['repeat 3 { conv(4, kernel: 3)  drop  norm }', ['NRM6001']],
  ])('%s', (body, expected) => {
    expect(codes(spec(body, policy))).toEqual(expected);
  });

  test("not through a layer of the user's own, which may do anything", () => {
    const gate = 'extern layer gate(x: float32[...S, C]) -> float32[...S, C] from "./gate.ts"';
    expect(codes(`${gate} ${spec('conv(3, kernel: 3)  drop  gate  norm', policy)}`)).not.toContain('NRM6001');
  });

  test('stochastic depth before batch norm is how residual networks are trained', () => {
    expect(
      codes(spec('sum { | conv(3, kernel: 3)  drop | identity }  norm', 'norm: batch  drop: drop_path(drop: 0.1)')),
    ).toEqual([]);
  });

  test('not when one of them is empty, frozen, or measures anew in prediction', () => {
    const body = 'conv(4, kernel: 3)  drop  norm  act';
    const drop = 'act: relu  drop: dropout(drop: 0.3)';
    expect(codes(spec(body, drop))).toEqual([]);
    expect(codes(spec(body, `${drop}  norm: batch`))).toEqual(['NRM6001']);
    expect(codes(spec(body, `${drop}  norm: batch(track: false)`))).toEqual([]);
    expect(codes(spec(body, `${drop}  norm: batch  norm { trainable: false }`))).toEqual([]);
  });
});

test('an L2 penalty with adam; L1 is no weight decay to begin with', () => {
  expect(trained('conv { penalty: l2(0.1) }', 'adam', 64)).toEqual(['NRM6002']);
  expect(trained('conv { penalty: l1(0.1) }', 'adam', 64)).toEqual([]);
  expect(trained('conv { penalty: l2(0.1) }', 'sgd', 64)).toEqual([]);
  for (const other of ['rmsprop', 'adagrad', 'adadelta', 'adamax', 'nadam', 'lion'])
    expect(trained('conv { penalty: l2(0.1) }', other, 64)).toEqual(['NRM6002']);
});

test('a penalty and a decay on one weight, once for a pair of rules', () => {
  expect(trained('conv, dense { penalty: l2(0.1)  decay: 0.1 }', 'sgd', 64)).toEqual(['NRM6003']);
  expect(trained('conv { penalty: l2(0.1) }  dense { decay: 0.1 }', 'sgd', 64)).toEqual([]);
});

describe('decay on what is no kernel', () => {
  const body = 'conv(4, kernel: 3)  norm  act  flatten  dense(3)';
  test.each([
    ['norm.gamma { decay: 0.1 }', ['NRM6007']],
    ['norm.beta { penalty: l2(0.1) }', ['NRM6007']],
    ['dense.bias { decay: 0.1 }', ['NRM6007']],
    // L1 is there to make channels zero (network slimming).
    ['norm.gamma { penalty: l1(0.1) }', []],
    ['conv, dense { decay: 0.1 }', []],
    ['conv.kernel { decay: 0.1 }', []],
  ])('%s', (rule, expected) => {
    expect(codes(spec(body, `norm: batch  act: relu  ${rule}`))).toEqual(expected);
  });

  test('once for a rule, however many weights it reaches', () => {
    expect(codes(spec(body, 'norm: batch  act: relu  norm.gamma, norm.beta, dense.bias { decay: 0.1 }'))).toEqual([
      'NRM6007',
    ]);
  });
});

test('what decay on a weight that is no kernel does to it', () => {
  const told = (policy: string): string | undefined =>
    diagnose(spec('conv(4, kernel: 3)  norm  act', policy)).find((d) => d.code === 'NRM6007')?.message;
  expect(told('norm: batch  act: relu  norm.gamma { decay: 0.1 }')).toContain('takes channels away');
  expect(told('norm: batch  act: tlu  act.tau { decay: 0.1 }')).toContain('makes no model simpler');
});

describe('a bias in front of a norm', () => {
  const policy = 'norm: batch  act: relu';
  test.each([
    ['conv(4, kernel: 3, bias: true)  norm  act', ['NRM6006']],
    ['conv(4, kernel: 3, bias: true)  concat { | norm | norm }', ['NRM6006']],
    ['repeat 2 { conv(4, kernel: 3, bias: true)  norm  act }', ['NRM6006']],
    ['conv(4, kernel: 3)  norm  act', []],
    ['conv(4, kernel: 3, bias: false)  norm  act', []],
    // Needed: an activation comes between, another layer takes the value too, or it is an output.
    ['conv(4, kernel: 3, bias: true)  act  norm', []],
    ['conv(4, kernel: 3, bias: true)  sum { | norm | identity }', []],
    ['conv(4, kernel: 3)  norm  conv(4, kernel: 3, bias: true)', []],
  ])('%s', (body, expected) => {
    expect(codes(spec(body, `${policy.replace(/:/g, '?:')}`))).toEqual(expected);
  });

  test('a norm whose statistics are frozen does not take the bias away', () => {
    const text = spec('conv(4, kernel: 3, bias: true)  norm  act', 'norm: batch  act: relu  norm { trainable: false }');
    expect(codes(text)).not.toContain('NRM6006');
  });

  test('no fix where a rule speaks of it', () => {
    const body = 'conv(4, kernel: 3, bias: true)  norm  act';
    const fixes = (policy: string): readonly number[] => diagnose(spec(body, policy)).map((d) => d.fix.length);
    expect(fixes('norm: batch  act: relu')).toEqual([1]);
    expect(fixes('norm: batch  act: relu  conv.bias { init: zeros }')).toEqual([0]);
  });
});

describe('saturating activations', () => {
  const stack = (n: number): string => `flatten  ${'dense(9)  act  '.repeat(n)}dense(3)`;
  test.each([
    [stack(4), 'act: sigmoid', ['NRM6008']],
    [stack(6), 'act: tanh', ['NRM6008']],
    [stack(3), 'act: sigmoid', []],
    [stack(9), 'act: relu', []],
    ['flatten  repeat 4 { dense(9)  norm  act }', 'act: tanh  norm: batch', []],
    ['flatten  dense(9)  repeat 4 { sum { | dense(9)  act  dense(9) | identity } }', 'act: tanh', []],
    // The path around begins behind the first two: those are four behind each other all the same.
    ['flatten  repeat 3 { dense(9)  act }  sum { | dense(9)  act | dense(9)  act }', 'act: tanh', ['NRM6008']],
    // A gate is beside the way.
    [
      'conv(4, kernel: 3)  repeat 4 { mul { | identity | global_avgpool  dense(4)  act(sigmoid) }  conv(4, kernel: 3)  act }',
      'act: relu',
      [],
    ],
  ])('%s with %s', (body, policy, expected) => {
    expect(codes(spec(body, policy))).toEqual(expected);
  });
});

describe('stochastic depth', () => {
  const drop = 'drop: drop_path(drop: 0.1)';
  test.each([
    ['conv(3, kernel: 3)  drop', ['NRM6009']],
    ['sum { | conv(3, kernel: 3) | identity }  drop  flatten  dense(3)', ['NRM6009']],
    // Every path of the sum comes from what was dropped.
    ['drop  sum { | conv(3, kernel: 3) | identity }', ['NRM6009']],
    // A product with nothing is nothing.
    ['mul { | conv(3, kernel: 3)  drop | identity }', ['NRM6009']],
    ['mul { | identity | conv(3, kernel: 3)  drop }', ['NRM6009']],
    ['drop  mul { | identity | sum { | drop | identity } }  drop', ['NRM6009', 'NRM6009']],
    ['sum { | conv(3, kernel: 3)  drop | identity }', []],
    ['sum { | conv(3, kernel: 3)  drop  conv(3, kernel: 1) | identity }  flatten  dense(3)', []],
    ['concat { | conv(3, kernel: 3)  drop | identity }', []],
    ['sum { | sum { | drop | identity } | conv(3, kernel: 3) }', []],
  ])('%s', (body, expected) => {
    expect(codes(spec(body, drop))).toEqual(expected);
  });

  test('ordinary dropout may stand anywhere', () => {
    expect(codes(spec('conv(3, kernel: 3)  drop', 'drop: dropout(drop: 0.1)'))).toEqual([]);
  });
});

describe('what does nothing', () => {
  test.each([
    ['conv(3, kernel: 1, dilation: 2)', ['NRM6013']],
    ['conv(3, kernel: 3, dilation: 2)', []],
    ['conv(3, kernel: [1, 3], dilation: 2)', []],
    ['conv(3, kernel: 3)  norm(batch(track: false, momentum: 0.5))', ['NRM6013']],
    ['conv(3, kernel: 3)  norm(batch(track: false))', []],
    ['conv(3, kernel: 3)  norm(batch(momentum: 0.5))', []],
    ['maxpool(1)  flatten', ['NRM6014']],
    ['maxpool(1, stride: 2)  flatten', []],
    ['avgpool(2)  flatten', []],
    ['scale(1)  flatten', ['NRM6014']],
    ['scale(2)  flatten', []],
    ['flatten  flatten  dense(3)', ['NRM6014']],
    // The first round has something to do.
    ['repeat 2 { flatten  dense(3) }', []],
    ['flatten  dense(3)  act(relu)  act(relu)', ['NRM6014']],
    ['flatten  dense(3)  act(relu)  act(tanh)', []],
    ['flatten  dense(3)  act(elu)  act(elu)', []],
  ])('%s', (body, expected) => {
    expect(codes(spec(body, ''))).toEqual(expected);
  });

  test('a block is judged by what is written in it, not by where it is used', () => {
    const block = (body: string, use: string): readonly string[] =>
      codes(`${spec(use, '')} block B(p = 1) { ${body} }`);
    expect(block('maxpool(p)', 'conv(3, kernel: 3)  B(1)')).toEqual([]);
    expect(block('maxpool(1)  conv(p, kernel: 3)', 'B(2)')).toEqual(['NRM6014']);
    expect(block('flatten  dense(p)', 'flatten  B(2)')).toEqual([]);
  });
});

describe('what nothing uses', () => {
  const train = `
data D { source: idx("d")  fields { image: float32[12, 12, 3]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 8  epochs: 1 }`;
  const body = 'flatten  dense(3)';

  test('blocks and data in a file that trains', () => {
    expect(codes(`${spec(body, '')} block B { act } ${train}`)).toEqual(['NRM6011']);
    expect(codes(`${spec(body, '')} block B { C } block C { act } ${train}`)).toEqual(['NRM6011', 'NRM6011']);
    expect(codes(`${spec(`B  ${body}`, '')} block B { C } block C { act(relu) } ${train}`)).toEqual([]);
    expect(
      codes(`${spec(body, '')} data E { source: idx("e")  fields { image: float32[4]  label: class(3) } } ${train}`),
    ).toEqual(['NRM6011']);
  });

  test('not in a file for others, and not policies, which the command line can choose', () => {
    expect(codes(`${spec(body, '')} block B { act }`)).toEqual([]);
    expect(codes('block B { act } data E { source: idx("e")  fields { image: float32[4]  label: class(3) } }')).toEqual(
      [],
    );
    expect(codes(`${spec(body, '')} policy Other { act?: relu } ${train}`)).toEqual([]);
  });

  test('a misspelt use is one mistake', () => {
    expect(codes(`${spec(`Bb  ${body}`, '')} block Block { act } ${train}`)).toEqual(['NRM2003']);
  });

  test('imports: one name, or all', () => {
    const from = 'from "nrmc/residual.nrm"';
    const other = `network N { input x: float32[8, 8, 3]  Residual(3)  flatten  dense(3) }`;
    expect(codes(`import { Residual } ${from} ${other}`)).toEqual([]);
    expect(diagnose(`import { Residual, ResNet18 } ${from} ${other}`)).toMatchObject([
      { code: 'NRM6010', fix: [{ text: '' }] },
    ]);
    expect(codes(`import { ResNet18 } ${from} network N { input x: float32[4]  dense(3) }`)).toEqual(['NRM6010']);
    expect(codes('import { Classic } from "nrmc/policies.nrm" network N { input x: float32[4]  dense(3) }')).toEqual(
      [],
    );
  });

  test('nothing is said of a file with a syntax error', () => {
    expect(codes(`import { ResNet18 } from "nrmc/residual.nrm" network N { input x: float32[4]  dense(3 }`)).toEqual([
      'NRM1007',
    ]);
  });
});

describe('what stands between the last weights and the loss', () => {
  const train = (body: string, policy: string): readonly string[] =>
    codes(`${spec(`flatten  dense(4)  ${body}`, policy)}
data D { source: idx("d")  fields { image: float32[12, 12, 3]  label: class(4) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 8  epochs: 1 }`);
  test.each([
    ['act', 'act: relu', ['NRM6015']],
    ['drop', 'drop: dropout(drop: 0.1)', ['NRM6015']],
    ['act(sigmoid)', '', ['NRM6015']],
    ['act', 'act: linear', []],
    ['act', '', []],
    ['act  dense(4)', 'act: relu', []],
    ['scale(0.5)', '', []],
  ])('%s with %s', (body, policy, expected) => {
    expect(train(body, policy)).toEqual(expected);
  });

  test('a network by itself has no loss', () => {
    expect(codes(spec('flatten  dense(4)  act', 'act: relu'))).toEqual([]);
  });
});

describe('NRM6016: a loss of bounded values, and an output without bounds', () => {
  const train = (loss: string, end: string): readonly string[] =>
    codes(`network Net { input x: float32[4]  dense(8)  act(relu)  output y: { ${end} } }
data D { source: idx("d")  fields { x: float32[4]  y: float32[3] } }
train t { network: Net  data: D  loss: ${loss}  optimizer: sgd(rate: 0.1)  batch: 8  epochs: 1 }`);
  test.each([
    ['poisson', 'dense(3)', ['NRM6016']],
    ['poisson', 'dense(3)  norm(layer)', ['NRM6016']],
    ['poisson', 'dense(3)  act(softplus)', []],
    ['kullback_leibler_divergence', 'dense(3)', ['NRM6016']],
    ['kullback_leibler_divergence', 'dense(3)  act(linear)', ['NRM6016']],
    ['kullback_leibler_divergence', 'dense(3)  act(sigmoid)', []],
    ['mean_squared_error', 'dense(3)', []],
  ])('%s of %s', (loss, end, expected) => {
    expect(train(loss, end)).toEqual(expected);
  });
});

test('labels that differ from a layer by case', () => {
  const labelled = (label: string): readonly string[] => codes(spec(`flatten  ${label}: dense(3)`, ''));
  expect(labelled('Dense')).toEqual(['NRM6012']);
  expect(labelled('Norm')).toEqual(['NRM6012']);
  expect(labelled('head')).toEqual([]);
  expect(labelled('Dense1')).toEqual([]);
});

test('batch norm at a small batch', () => {
  expect(trained('normed', 'sgd', 7)).toEqual(['NRM6004']);
  expect(trained('normed', 'sgd', 8)).toEqual([]);
  expect(trained('', 'sgd', 2)).toEqual([]);
});

test('a batch of one: an error at the first norm of single values, however many of images stand before it', () => {
  const text = (body: string): string => `
network Net with P { input image: float32[8, 8, 1]  ${body}  dense(3) }
policy P { norm: batch }
data D { source: idx("d")  fields { image: float32[8, 8, 1]  label: class(3) } }
train t { network: Net  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 1  epochs: 1 }`;
  expect(codes(text('conv(4, kernel: 3)  norm  conv(4, kernel: 3)  norm  flatten  dense(4)  norm'))).toEqual([
    'NRM3308',
  ]);
  expect(codes(text('conv(4, kernel: 3)  norm  conv(4, kernel: 3)  norm  flatten'))).toEqual(['NRM6004']);
  expect(codes(text('conv(4, kernel: 3)  norm  maxpool(8)  norm  flatten'))).toEqual(['NRM3308']);
});

describe('a setting that loses everywhere', () => {
  test('to its own policy, or to pins', () => {
    expect(codes(spec('conv(4, kernel: 3)', 'conv { decay: 0.1 }  conv.kernel { decay: 0.2 }'))).toEqual(['NRM6005']);
    expect(codes(spec('conv(4, kernel: 3)  act(gelu)', 'act: relu'))).toEqual(['NRM6005']);
  });

  test('not where it wins somewhere, and not against `extends`', () => {
    expect(
      codes(spec('conv(4, kernel: 3)  conv(4, kernel: 3)', 'conv { decay: 0.1 }  conv[first] { decay: 0.2 }')),
    ).toEqual([]);
    expect(
      codes(
        `network N with Q { input x: float32[4, 4, 1]  conv(4, kernel: 3)  act } policy P { act: relu } policy Q extends P { act: gelu }`,
      ),
    ).toEqual([]);
  });
});
