/** What is printed is read as the same tree. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeString } from '../../src/parser/literals.ts';
import { printExpression, printFile } from '../../src/parser/print.ts';
import type { BinaryOperator, Expression } from '../../src/parser/tree.ts';
import { shape, treeOf } from './support.ts';

const span = { file: 'x', start: 0, end: 0 };
const word = fc.constantFrom('a', 'relu', 'input', 'sum', 'first', 'batch', 'x.y.z');
const operators: readonly BinaryOperator[] = ['+', '-', '*', '/', '==', '!=', '<', '<=', '>', '>=', 'and', 'or'];

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .constantFrom('0', '3.25', '5e-4', '10%')
      .map((text): Expression => ({ kind: 'number', value: 0, percent: text.endsWith('%'), text, span })),
    fc.string({ unit: 'binary', maxLength: 6 }).map((value): Expression => ({ kind: 'string', value, span })),
    fc.boolean().map((value): Expression => ({ kind: 'boolean', value, span })),
    word.map((name): Expression => ({ kind: 'name', name, span })),
    fc.array(tie('expression'), { maxLength: 3 }).map((items): Expression => ({ kind: 'list', items, span })),
    fc.array(fc.tuple(fc.constantFrom(null, 'kernel', 'from'), tie('expression')), { maxLength: 3 }).map(
      (list): Expression => ({
        kind: 'call',
        name: { text: 'f', span },
        arguments: list.map(([name, value]) => ({ name: name === null ? null : { text: name, span }, value, span })),
        span,
      }),
    ),
    fc
      .tuple(fc.constantFrom<'-' | 'not'>('-', 'not'), tie('expression'))
      .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand, span })),
    fc
      .tuple(fc.constantFrom(...operators), tie('expression'), tie('expression'))
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, span })),
  ),
}));

/** Without the values of numbers, which the generated trees leave at 0. */
const comparable = (e: unknown): unknown => JSON.parse(JSON.stringify(shape(e)).replace(/"value":[\d.e-]+,/g, ''));

test('expressions', () => {
  fc.assert(
    fc.property(expression, (e) => {
      const [train] = treeOf(`train t { value: ${printExpression(e)} }`).declarations;
      expect(comparable(train?.kind === 'train' ? train.settings[0]?.value : null)).toEqual(comparable(e));
    }),
    { seed: 4, numRuns: 1500 },
  );
});

test('parentheses stand only where they are needed', () => {
  for (const text of [
    '1 + 2 * 3',
    '(1 + 2) * 3',
    '1 - (2 - 3)',
    '-(a + b)',
    'not (a and b)',
    'not a == b',
    '(not a) == b',
    'a and not b',
    '-a * -b',
    '(a < b) == c',
  ]) {
    const [train] = treeOf(`train t { value: ${text} }`).declarations;
    const value = train?.kind === 'train' ? train.settings[0]?.value : undefined;
    expect(value && printExpression(value)).toBe(text);
  }
});

test('strings', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (value) => {
      const [train] = treeOf(`train t { value: ${encodeString(value)} }`).declarations;
      expect(train?.kind === 'train' && train.settings[0]?.value).toMatchObject({ kind: 'string', value });
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('documentation is kept', () => {
  const text = '/// one\n///\n///   two\nnetwork A {}\n';
  expect(printFile(treeOf(text))).toBe(text);
});

test('a path without steps is printed as `identity`', () => {
  const [network] = treeOf('network A { sum { | norm | act } }').declarations;
  const [item] = network?.kind === 'network' ? network.body : [];
  if (network?.kind !== 'network' || item?.kind !== 'step' || item.core.kind !== 'join') throw new Error('no join');
  const paths = item.core.paths.map((path, at) => (at === 0 ? { ...path, items: [] } : path));
  const body = [{ ...item, core: { ...item.core, paths } }];
  const tree = { ...treeOf(''), declarations: [{ ...network, body }] };
  expect(shape(treeOf(printFile(tree)))).toEqual(shape(treeOf('network A { sum { | identity | act } }')));
});
