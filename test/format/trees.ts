/** Random files without errors, as the words that they are written with. */
import fc from 'fast-check';

type Words = readonly string[];

const join = (...parts: readonly (string | Words)[]): Words => parts.flat();
const separated = (items: readonly Words[], sign: string): Words =>
  items.flatMap((item, index) => (index === 0 ? item : [sign, ...item]));
const some = <T>(value: fc.Arbitrary<T>, maxLength: number, minLength = 0): fc.Arbitrary<readonly T[]> =>
  fc.array(value, { minLength, maxLength });
/** Nothing half of the time. */
const perhaps = (value: fc.Arbitrary<Words>): fc.Arbitrary<Words> => fc.oneof(fc.constant<Words>([]), value);
const list = (open: string, items: readonly Words[], close: string, lastComma: boolean): Words =>
  join(open, separated(items, ','), lastComma && items.length > 0 ? ',' : [], close);

const name = fc.constantFrom('conv', 'a', 'Residual', 'a_rather_long_name_of_something', 'x1', 'data', 'loss');
const key = fc.constantFrom(
  'rate',
  'for',
  'in',
  'kernel',
  'sum',
  'network',
  'and',
  'not',
  'an_option_with_a_long_name',
);
const string = fc.constantFrom('"x"', '"a // b"', '"a \\" b"');
const leaf: fc.Arbitrary<Words> = fc
  .oneof(fc.constantFrom('1', '0.5', '5e-4', '10%', 'true', 'false'), string, name)
  .map((word) => [word]);

const { expression } = fc.letrec<{ expression: Words }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    leaf,
    leaf,
    fc
      .tuple(name, some(argument(tie('expression')), 4), fc.boolean())
      .map(([n, a, c]) => join(n, list('(', a, ')', c))),
    fc.tuple(some(tie('expression'), 5), fc.boolean()).map(([items, c]) => list('[', items, ']', c)),
    tie('expression').map((e) => join('(', e, ')')),
    fc.tuple(fc.constantFrom('-', 'not'), tie('expression')).map(([sign, e]) => join(sign, '(', e, ')')),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/', '==', '<=', 'and', 'or'), tie('expression'))
      .map(([a, sign, b]) => join('(', a, ')', sign, '(', b, ')')),
    fc.tuple(some(leaf, 12, 2), fc.constantFrom('+', '-', '*', 'and')).map(([items, sign]) => separated(items, sign)),
    fc.tuple(name, key).map(([a, b]) => [a, '.', b]),
  ),
}));

function argument(value: fc.Arbitrary<Words>): fc.Arbitrary<Words> {
  return fc.oneof(
    value,
    fc.tuple(key, value).map(([k, v]) => join(k, ':', v)),
  );
}

const parameters = some(
  fc.tuple(key, perhaps(expression.map((e) => join('=', e)))).map(([k, d]) => join(k, d)),
  4,
).map((items) => list('(', items, ')', false));
const dimension = fc.oneof(expression, fc.constant<Words>(['...', 'S']));
const type = fc
  .tuple(fc.constantFrom('float32', 'int32'), some(dimension, 4))
  .map(([d, s]) => join(d, list('[', s, ']', false)));

const { body } = fc.letrec<{ body: Words; item: Words }>((tie) => ({
  body: some(tie('item'), 5).map((items) => join('{', ...items, '}')),
  item: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(name, some(argument(expression), 3)).map(([n, a]) => join(n, list('(', a, ')', false))),
    name.map((n): Words => [n]),
    fc.tuple(key, type).map(([k, t]) => join('input', k, ':', t)),
    fc.tuple(name, name).map(([a, b]) => [a, ':', b, 'as', a]),
    fc.tuple(name, tie('body')).map(([n, b]) => join(n, ':', b)),
    fc.tuple(name, tie('body')).map(([n, b]) => join('output', n, ':', b, 'as', n)),
    fc
      .tuple(fc.constantFrom('sum', 'mul', 'concat', 'choose'), some(some(tie('item'), 4, 1), 4, 1))
      .map(([j, paths]) => join(j, '{', ...paths.map((p) => join('|', ...p)), '}')),
    fc.tuple(expression, tie('body')).map(([e, b]) => join('repeat', e, b)),
    fc.tuple(key, expression, tie('body')).map(([k, e, b]) => join('for', k, 'in', e, b)),
    fc.tuple(expression, tie('body')).map(([e, b]) => join('for', '[', 'a', ',', 'b', ']', 'in', e, b)),
    fc
      .tuple(expression, tie('body'), some(fc.tuple(expression, tie('body')), 2), perhaps(tie('body')))
      .map(([c, b, elses, last]) =>
        join('if', c, b, ...elses.map(([e, x]) => join('else', 'if', e, x)), last.length > 0 ? join('else', last) : []),
      ),
    name.map((n): Words => ['from', n]),
    name.map((n): Words => ['again', n]),
    fc.constant<Words>(['identity']),
  ),
}));

const { settings } = fc.letrec<{ settings: Words }>((tie) => ({
  settings: some(
    fc
      .tuple(key, fc.oneof({ weight: 4, arbitrary: expression }, { weight: 1, arbitrary: tie('settings') }))
      .map(([k, v]) => join(k, ':', v)),
    4,
  ).map((items) => join('{', ...items, '}')),
}));

const bracket = fc.oneof(
  fc.constant<Words>(['[', 'first', ']']),
  fc.constant<Words>(['[', '3', ']']),
  fc.tuple(key, expression).map(([k, e]) => join('[', k, ':', e, ']')),
  name.map((n): Words => ['[', 'not', n, ']']),
);
const part = fc
  .tuple(name, perhaps(key.map((k): Words => ['.', k])), some(bracket, 2), fc.constantFrom<Words>([], ['?']))
  .map(([n, k, b, q]) => join(n, k, ...b, q));
const selector = some(part, 2, 1).map((parts) => parts.flat());
const rule = fc.oneof(
  fc.tuple(name, fc.constantFrom<Words>([], ['?']), expression).map(([n, q, e]) => join(n, q, ':', e)),
  fc.tuple(some(selector, 6, 1), settings).map(([s, b]) => join(separated(s, ','), b)),
);

const field = fc.oneof(
  fc.tuple(key, type, perhaps(expression.map((e) => join('=', e)))).map(([k, t, p]) => join(k, ':', t, p)),
  key.map((k): Words => [k, ':', 'class', '(', '10', ')']),
);
const setting = fc.tuple(key, expression).map(([k, e]) => join(k, ':', e));

const declaration: fc.Arbitrary<Words> = fc.oneof(
  fc.tuple(some(name, 9, 1), fc.boolean()).map(([names, c]) =>
    join(
      'import',
      list(
        '{',
        names.map((n) => [n]),
        '}',
        c,
      ),
      'from',
      '"./x.nrm"',
    ),
  ),
  fc
    .tuple(
      parameters,
      perhaps(some(argument(expression), 3).map((a) => join('with', 'P', list('(', a, ')', false)))),
      body,
    )
    .map(([p, w, b]) => join('network', 'A', p, w, b)),
  fc.tuple(parameters, body).map(([p, b]) => join('block', 'B', p, b)),
  some(rule, 5).map((rules) => join('policy', 'P', 'extends', 'Q', '{', ...rules, '}')),
  fc
    .tuple(some(setting, 3), some(field, 3))
    .map(([s, f]) => join('data', 'D', '{', ...s, 'fields', '{', ...f, '}', '}')),
  settings.map((s) => join('train', 't', s)),
  fc
    .tuple(fc.constantFrom('sweep', 'search'), some(setting, 3), some(setting, 3))
    .map(([k, axes, s]) => join(k, 's', '{', 'over', '{', ...axes, '}', ...s, '}')),
  fc.tuple(parameters, type).map(([p, t]) => join('extern', 'layer', 'e', p, '->', t, 'from', '"./e.ts"')),
  fc.tuple(parameters, expression).map(([p, e]) => join('loss', 'l', p, '=', e)),
);

export const specText: fc.Arbitrary<Words> = fc
  .tuple(fc.constantFrom<Words>([], ['nrm', '1']), some(declaration, 4))
  .map(([edition, declarations]) => join(edition, ...declarations));
