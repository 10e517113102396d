/** What the tree says: where items end, how operators group, what spans cover. */
import { describe, expect, test } from 'vitest';
import { parse } from '../../src/parser/index.ts';
import { printExpression, printFile } from '../../src/parser/print.ts';
import type { Expression, Item } from '../../src/parser/tree.ts';
import { shape, tour, treeOf } from './support.ts';

const readValue = (text: string): Expression => {
  const [train] = treeOf(`train t { value: ${text} }`).declarations;
  const value = train?.kind === 'train' ? train.settings[0]?.value : undefined;
  if (value === undefined) throw new Error('no value');
  return value;
};

const stepsOf = (text: string): readonly Item[] => {
  const [network] = treeOf(`network A { ${text} }`).declarations;
  return network?.kind === 'network' ? network.body : [];
};

/** Every operation in parentheses. */
const grouped = (e: Expression): string => {
  if (e.kind === 'binary') return `(${grouped(e.left)} ${e.operator} ${grouped(e.right)})`;
  return e.kind === 'unary' ? `(${e.operator} ${grouped(e.operand)})` : printExpression(e);
};

test.each([
  ['1 + 2 * 3', '(1 + (2 * 3))'],
  ['1 - 2 - 3', '((1 - 2) - 3)'],
  ['8 / 4 * 2', '((8 / 4) * 2)'],
  ['(1 + 2) * 3', '((1 + 2) * 3)'],
  ['-a * b', '((- a) * b)'],
  ['a - -b', '(a - (- b))'],
  ['not a == b', '(not (a == b))'],
  ['not a and b', '((not a) and b)'],
  ['a or b and c', '(a or (b and c))'],
  ['a + 1 < b * 2 and c', '(((a + 1) < (b * 2)) and c)'],
  ['not not a', '(not (not a))'],
  ['a and not b or c', '((a and (not b)) or c)'],
])('%s groups as %s', (text, expected) => expect(grouped(readValue(text))).toBe(expected));

test.each([
  ['10%', 0.1, true],
  ['2.5%', 0.025, true],
  ['5e-4', 5e-4, false],
  ['1E+2', 100, false],
  ['0.1', 0.1, false],
  ['007', 7, false],
])('%s is a number', (text, value, percent) =>
  expect(readValue(text)).toMatchObject({ kind: 'number', value, percent, text }),
);

test('strings have their escapes resolved', () => {
  expect(readValue(String.raw`"a\"b\\c\n\t\u{1F600}é"`)).toMatchObject({ kind: 'string', value: 'a"b\\c\n\t😀é' });
});

describe('an item ends where the next begins', () => {
  const items = (text: string): readonly string[] => {
    const [policy] = treeOf(`policy P { ${text} }`).declarations;
    return policy?.kind !== 'policy'
      ? []
      : policy.items.map((i) =>
          i.kind === 'filling'
            ? i.slot.text
            : i.selectors.map((s) => s.parts.map((p) => p.names.map((n) => n.text).join('.')).join(' ')).join(', '),
        );
  };

  test('a rule after a filling', () => {
    expect(items('act: relu  conv, dense { decay: none }')).toEqual(['act', 'conv, dense']);
    expect(items('norm: batch  conv[first] { decay: none }')).toEqual(['norm', 'conv']);
    expect(items('norm: batch  Residual? end.gamma { init: zeros }  act: relu')).toEqual([
      'norm',
      'Residual end.gamma',
      'act',
    ]);
  });

  test('a key after a value', () => {
    const [train] = treeOf('train t { a: b  c: [1]  d: { e: f  g: 2 }  and: x  or: y  in: -z }').declarations;
    expect(train?.kind === 'train' && train.settings.map((s) => s.key.text)).toEqual([
      'a',
      'c',
      'd',
      'and',
      'or',
      'in',
    ]);
  });

  test('a step after a slot', () => {
    const steps = stepsOf('norm act (2) label: conv as x sum { | norm | identity }');
    expect(steps.map((s) => s.kind === 'step' && s.core.kind)).toEqual(['call', 'call', 'call', 'join']);
    expect(steps[1]).toMatchObject({ core: { parentheses: true, arguments: [{ value: { value: 2 } }] } });
    expect(steps[2]).toMatchObject({ label: { text: 'label' }, as: { text: 'x' } });
  });

  test('`else if` is an `if` in the `else`', () => {
    expect(shape(stepsOf('if a { x } else if b { y } else { z }'))).toEqual(
      shape(stepsOf('if a { x } else { if b { y } else { z } }')),
    );
  });
});

test('documentation is the last block of `///` before a declaration', () => {
  const text = [
    '/// no',
    '',
    '/// one',
    '// between',
    '///  two',
    'network A { conv }  /// behind',
    'network B { /// inside',
    '}',
    '/// three',
    '',
    'network C { }',
  ];
  expect(treeOf(text.join('\n')).declarations.map((d) => d.doc)).toEqual(['one\n two', '', 'three']);
});

test('comments are handed over with their places', () => {
  const text = '// a\nnetwork A { conv // b\n}\n//// c\n/// d\n';
  const { comments } = parse(text, 'x');
  expect(comments.map((c) => [c.kind, c.text, text.slice(c.span.start, c.span.end)])).toEqual([
    ['line', '// a', '// a'],
    ['line', '// b', '// b'],
    ['line', '//// c', '//// c'],
    ['doc', '/// d', '/// d'],
  ]);
});

test('the span of every part is the text that it was read from', () => {
  let parts = 0;
  const check = (node: unknown, text: string): void => {
    if (Array.isArray(node)) for (const part of node) check(part, text);
    else if (typeof node === 'object' && node !== null) {
      if ('span' in node && 'kind' in node) {
        const { span, kind } = node as { span: { start: number; end: number }; kind: string };
        const written = text.slice(span.start, span.end);
        parts++;
        expect(written.trim()).toBe(written);
        if (kind === 'number' || kind === 'name' || kind === 'string' || kind === 'boolean') {
          // In parentheses the place is that of the parentheses.
          expect(grouped(readValue(written))).toBe(grouped(node as Expression));
        } else if (
          'declarations' in node === false &&
          ['network', 'policy', 'train', 'data', 'loss', 'import', 'extern', 'block', 'sweep', 'search'].includes(kind)
        ) {
          expect(shape({ ...treeOf(written).declarations[0], doc: '' })).toEqual(shape({ ...node, doc: '' }));
        }
      }
      for (const part of Object.values(node)) check(part, text);
    }
  };
  for (const [, text] of tour) check(parse(text, 'x').tree, text);
  expect(parts).toBeGreaterThan(300);
});

test('an edition is read, and printed', () => {
  expect(treeOf('nrm 1 network A { }').edition?.version).toBe(1);
  expect(printFile(treeOf('nrm 1 network A { }'))).toMatch(/^nrm 1\n/);
});

test('an empty file is fine', () => {
  for (const text of ['', '\n', '\ufeff', '// only a comment', '/// nothing follows', '\r\n\t '])
    expect(treeOf(text).declarations).toEqual([]);
});
