/** Slips that people make, and how they are told. Each text is one slip or a few; all of it is read again in one golden file. */
import { describe, expect, test } from 'vitest';
import { parse } from '../../src/parser/index.ts';
import { printFile } from '../../src/parser/print.ts';
import { codesOf, rendered, tour } from './support.ts';

const mistakes: Readonly<Record<string, readonly string[]>> = {
  brackets: [
    'network A {\n  conv(6) norm\n  dense(10)\n\npolicy P { act: relu }',
    'network A {\n  stem: { conv(64) norm act\n  repeat 2 { Residual(64) }\n  dense(10)\n}\n\ntrain t { network: A }',
    'network A {\n  conv(6, kernel: 5\n  norm act\n  dense(10)\n}',
    'network A { conv(6, kernel: 5  norm act  dense(10) }',
    'network A { conv(6) } }\ntrain t { batch: 3 }',
    'train t {\n  optimizer: adam(rate: 1e-3\n  epochs: 5\n}\npolicy P { norm: batch }',
    'train t { metrics: [accuracy, loss\n  seed: 7 }',
    'network A(classes = 10 { dense(classes) }',
    'network A { conv(pool(2) dense(1)\n act }\ntrain t { batch: (3 * (4 + 1) }',
  ],
  policies: [
    'policy P { conv[frist] { init: kaiming }  norm: batch }',
    'policy P { conv[1, 2] { a: 1 }  dense[not] { b: 2 }  act[kernel = 1] { c: 3 } }',
    'policy P { norm batch  act: relu }',
    'policy P { conv dense: { decay: 3 } }',
    'policy P { : relu  conv { decay 3 } , }',
    'policy P { norm: batch, act: relu; conv, { a: 1 } }',
    'policy P { norm[first].gamma { init: zeros }  stem conv[kernel: 1][last].kernel { decay: none } }',
  ],
  networks: [
    'network A { { conv norm } }',
    'network A { if conv { norm } else norm }',
    'network A { else { norm } act }',
    'network A { for x [1, 2] { conv(x) } repeat { norm } }',
    'network A { | conv | norm }',
    'network A { concat { } sum { conv norm } mul { | a b } choose }',
    'network A { conv 6 dense }',
    'network A { conv.x  a = 3  conv(6)(7)  again 5  from }',
    'network A { input x float32[1]  input y: 5  input: conv  output z dense }',
    'network A { conv(6,, kernel: 5) dense() act(,) pool(kernel:) x(3 + ) }',
    'network A { conv -> norm -> act, dense; }',
    'network A { sum: conv(3)  block: norm  conv as from }',
  ],
  headers: [
    'network { conv }',
    'network A with { conv }',
    'network A foo bar { conv }',
    'network A\npolicy B { act: relu }',
    'network A(classes: 10, x 5, y z) { conv }',
    'block repeat { act }\npolicy sum { act: relu }',
    'import Residual from "./x.nrm"\nimport { Residual } "./x.nrm"\nimport { A B } from 3',
    'extern gate(x: float32[1]) from "x"\nextern layer g(x: float32[1]) -> from "x"\nextern layer h(x: float32) from 3',
    'loss l(a, b) mean(a)\nloss m(a) =\nloss k(a) = a +\npolicy P { act: relu }',
    'nrm\nnetwork A { conv }',
    'foo\nnetwork A { conv }\nbar baz',
    'dataset D { source: idx("x") }\nmodel N { conv }\nTrain t { batch: 3 }',
  ],
  settings: [
    'data D { source idx("x") fields { image float32[2] label: class(10), x = y } }',
    'sweep s { over { policy.norm [none] batch: } repeats: 3 }',
    'train t { a: 1 b: c ? d : e }',
    'train t { a: x[1] b: 3 % 2 c: x && y d: !x e: 2**3 }',
    'train t { rate: -  epochs: 5  loss: { mask: ce, label } }',
    'train t { batch = 64 epochs 5 loss cross_entropy }',
    'train t { a: [1 2, 3] b: f(x y: 2) }',
    'train __t { a: .5 b: 1_000 c: 0x1F d: 3px e: 1e999 f: 1e g: 1.2.3 h: größe }',
  ],
};

test.each(Object.entries(mistakes))('%s', async (name, texts) => {
  const told = texts.map(
    (text) =>
      `${text}\n\n${rendered(text).replace(/\n *= explain: .*/g, '')}\n\nis read as\n\n${printFile(parse(text, 'x').tree)}`,
  );
  await expect(told.join(`\n${'━'.repeat(100)}\n\n`)).toMatchFileSnapshot(`golden/mistakes-${name}.txt`);
});

test('no sentence of the parser generator reaches anybody', () => {
  for (const text of Object.values(mistakes).flat())
    expect(rendered(text)).not.toMatch(/something else|Expecting|\btoken\b|-->|undefined|NaN/);
});

describe('several errors in one file', () => {
  const text = [
    'polcy Modern { norm: batch, act: relu }',
    'network A {',
    '  conv(6, kernel: 5  norm act',
    '  conv(16 kernel: 5) dense(120]',
    '  sum: dense(3)',
    '}',
    'train x { batch 64  epochs: }',
    'data D { source: idx("d)',
    '  validation: 1_0%',
    '}',
    'train y { batch = 64  seed: 7 }',
  ].join('\n');

  test('are all told, once each, in order', () => {
    expect(codesOf(text)).toEqual([
      'NRM1009',
      'NRM1011',
      'NRM1007',
      'NRM1012',
      'NRM1008',
      'NRM1010',
      'NRM1006',
      'NRM1016',
      'NRM1002',
      'NRM1004',
      'NRM1013',
    ]);
  });

  test('do not keep the rest from being read', () => {
    const { declarations } = parse(text, 'x').tree;
    expect(declarations.map((d) => `${d.kind} ${'name' in d ? d.name.text : ''}`)).toEqual([
      'policy Modern',
      'network A',
      'train x',
      'data D',
      'train y',
    ]);
    const [, network, , data, last] = declarations;
    expect(
      network?.kind === 'network' &&
        network.body.map((i) => i.kind === 'step' && i.core.kind === 'call' && i.core.name.text),
    ).toEqual(['conv', 'norm', 'act', 'conv', 'dense', 'dense']);
    expect(data?.kind === 'data' && data.settings.map((s) => s.key.text)).toEqual(['source', 'validation']);
    expect(last?.kind === 'train' && last.settings.map((s) => s.key.text)).toEqual(['batch', 'seed']);
  });
});

test('a file of errors is told of at the end, and all declarations are still looked at', () => {
  expect(codesOf('train t { '.concat('a 1 '.repeat(500), '}')).slice(-2)).toEqual(['NRM1006', 'NRM1018']);
});

test('a slip at every step is one error, and everything is read', () => {
  const text = `network A { ${'dense(3), '.repeat(150)}}\ntrain t { ${'a = 1 '.repeat(150)}}\nblock B { act }\n`;
  const { tree, diagnostics } = parse(text, 'x');
  expect(diagnostics.map((d) => [d.code, d.labels.length, d.fix.length])).toEqual([
    ['NRM1011', 150, 150],
    ['NRM1013', 150, 150],
  ]);
  expect(tree.declarations.map((d) => ('name' in d ? d.name.text : ''))).toEqual(['A', 't', 'B']);
  const [network] = tree.declarations;
  expect(network?.kind === 'network' && network.body.length).toBe(150);
});

describe('an error stays in its declaration', () => {
  test.each(tour)('%s', (_, text) => {
    const { declarations } = parse(text, 'x').tree;
    // Whatever stands after the broken one is read as in the whole file.
    const { tree } = parse(`network Broken { conv(6, sum { @ | = \n\n${text.replace(/^nrm 1/, '')}`, 'x');
    expect(tree.declarations.slice(1).map((d) => d.kind)).toEqual(declarations.map((d) => d.kind));
  });
});
