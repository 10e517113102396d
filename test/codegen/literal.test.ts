import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comment, count, literal, property, text } from '../../src/codegen/tfjs/literal.ts';

const evaluated = (source: string): unknown => new Function(`return ${source};`)();

test('a string literal holds exactly the string, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(evaluated(text(value))).toBe(value);
    }),
  );
  for (const value of ["'; process.exit(1); '", '$' + '{1}', '`', '\\', '\u2028', '*/', '</script>', '\n'])
    expect(evaluated(text(value))).toBe(value);
});

test('a literal of any attribute value reads back', () => {
  const attribute = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.array(tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(attribute, (value) => {
      expect(JSON.stringify(evaluated(literal(value as never)))).toBe(JSON.stringify(value));
    }),
  );
});

test('a comment cannot be ended by what is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const source = `/** ${comment(value)} */ 1 // ${comment(value)}\n + 1`;
      expect(evaluated(`(${source})`)).toBe(2);
    }),
  );
  expect(evaluated(`(/* ${comment('*/ throw 1 /*')} */ 3)`)).toBe(3);
});

test('only names that a spec can have become properties', () => {
  expect(property('conv1')).toBe('conv1');
  for (const name of ['__proto__', '__defineGetter__', 'a-b', 'a b', '1a', '', 'a;b'])
    expect(() => property(name)).toThrow();
});

test('counts are grouped by thousands', () => {
  expect([0, 12, 999, 1000, 107808, 1234567].map(count)).toEqual(['0', '12', '999', '1,000', '107,808', '1,234,567']);
});
