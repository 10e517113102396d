// The TextMate grammar, for editors and web pages that colour text without the language server.
//
// It follows the grammar of the parser from context to context: a word is coloured as a keyword only where it is one. Regular
// expressions see one line at a time, so a label and its colon, or a keyword and the name after it, are expected on the same line.
// All else may be broken over lines. What is left open (a brace, a list, a value) ends at the latest with the next declaration.

export interface Keywords {
  readonly declarations: readonly string[];
  readonly reserved: readonly string[];
  readonly contextual: readonly string[];
  readonly joins: readonly string[];
  readonly slots: readonly string[];
}

/** What the rules are made from beside the keywords. */
export interface Vocabulary extends Keywords {
  /** What stands between two operands; those of them that are words, too. */
  readonly operators: readonly string[];
  /** The pattern of the lexer's number, which takes in what only begins like one. */
  readonly number: string;
  readonly sections: readonly string[];
  readonly weightNames: readonly string[];
}

type Captures = Readonly<Record<number, { readonly name?: string; readonly patterns?: readonly Rule[] }>>;
export interface Rule {
  readonly name?: string;
  readonly contentName?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly include?: string;
  readonly patterns?: readonly Rule[];
}

const name = '[A-Za-z_]\\w*';
/** Names of declarations are written so, values are not: the one thing told by custom and not by the grammar. */
const typeName = '[A-Z]\\w*[a-z]\\w*';
const dotted = `${name}(?:\\s*\\.\\s*${name})*`;

const anyOf = (words: readonly string[]): string => `(?:${words.join('|')})`;
const scope = (text: string): { readonly name: string } => ({ name: `${text}.nrm` });
/** Scopes of the groups of a pattern, from the first. */
const groups = (...scopes: readonly string[]): Captures =>
  Object.fromEntries(scopes.map((text, index) => [index + 1, scope(text)]));
const include = (...names: readonly string[]): readonly Rule[] => names.map((rule) => ({ include: `#${rule}` }));

export function textMate(words: Vocabulary): unknown {
  const { declarations, joins, slots, operators, number, sections, weightNames } = words;
  const named = declarations.filter((word) => word !== 'import' && word !== 'extern');
  const logical = operators.filter((word) => /\w/.test(word));
  const slot = `\\b(${anyOf(slots)})\\b`;

  /** The next declaration, at the beginning of a line. */
  const recovery = `(?=^(?:${anyOf(named)}\\s+${name}\\s*(?:[({]|with\\b|extends\\b|$)|import\\s*\\{|extern\\s+(?:layer|loss)\\b))`;
  /** From `begin` to `end` over as many lines as it takes. */
  const span = (begin: string, end: string, patterns: readonly Rule[], more: Rule = {}): Rule => ({
    ...more,
    begin,
    end: `${end}|${recovery}`,
    patterns,
  });
  const bracketed = (pair: '{}' | '()' | '[]', patterns: readonly Rule[], meta?: string): Rule => {
    const kind = { '{}': 'braces', '()': 'parens', '[]': 'brackets' }[pair];
    return span(`\\${pair[0]}`, `\\${pair[1]}`, patterns, {
      ...(meta === undefined ? {} : scope(meta)),
      beginCaptures: { 0: scope(`punctuation.section.${kind}.begin`) },
      endCaptures: { 0: scope(`punctuation.section.${kind}.end`) },
    });
  };
  const declaration = (word: string, body: string, header: readonly string[] = []): Rule =>
    span(
      `\\b(${word})\\b(?=\\s+${name}|\\s*(?://|$))(?:\\s+(${name}))?`,
      '(?<=\\})',
      [...include('comments', ...header, body), { ...scope(`entity.name.type.${word}`), match: `\\b${name}` }],
      {
        ...scope(`meta.declaration.${word}`),
        beginCaptures: groups(`storage.type.${word}`, `entity.name.type.${word}`),
      },
    );

  /** After an operand, where no operator goes on: the end of a value, which nothing marks. */
  const operandEnd = '(?<=[\\w)\\]}"%])(?<!\\bnot|\\band|\\bor)';
  const goesOn = `\\s*(?:[-+*<>=!.(\\[]|/(?!/)|${anyOf(logical)}\\b(?!\\s*:))`;
  /** The second part is a value that is missing: what comes is the next key, or the end of the list. */
  const valueEnd = `${operandEnd}(?!${goesOn})|(?=[})\\],|])|(?=\\b${dotted}\\s*\\??\\s*:)`;
  /** An expression by itself may go on in the next line: it ends there only where a declaration begins. */
  const lossEnd = `${operandEnd}(?!${goesOn}|\\s*$)|(?=\\b(?:${anyOf(named)}\\s+(?!${anyOf(logical)}\\b)${name}|import\\s*\\{|extern\\s+${name}))`;
  const keyed = (key: string, scopes: readonly string[], patterns: readonly Rule[]): Rule =>
    span(`${key}\\s*(:)`, valueEnd, patterns, { beginCaptures: groups(...scopes, 'punctuation.separator.colon') });

  const comma: Rule = { ...scope('punctuation.separator.comma'), match: ',' };
  const key = 'support.type.property-name';
  const operand = (bare: string, list: string): readonly Rule[] => [
    ...include('comments', 'strings', 'numbers', 'members', 'calls', 'arguments', 'constants', 'operators'),
    bracketed('[]', include(list)),
    { ...scope('entity.name.type.reference'), match: `\\b${typeName}\\b` },
    { ...scope(bare), match: `\\b${name}` },
    comma,
  ];

  const repository: Readonly<Record<string, Rule>> = {
    comments: {
      patterns: [
        // The line's end belongs to the comment: nothing behind it can look back at the comment's last letter.
        {
          ...scope('comment.line.documentation'),
          match: '(///)(?!/)(.*)\\n?',
          captures: {
            1: scope('punctuation.definition.comment'),
            2: { patterns: [{ ...scope('markup.inline.raw'), match: '`[^`]+`' }] },
          },
        },
        {
          ...scope('comment.line.double-slash'),
          match: '(//).*\\n?',
          captures: groups('punctuation.definition.comment'),
        },
      ],
    },
    strings: {
      ...scope('string.quoted.double'),
      begin: '"',
      end: '"|$',
      beginCaptures: { 0: scope('punctuation.definition.string.begin') },
      endCaptures: { 0: scope('punctuation.definition.string.end') },
      patterns: [
        { ...scope('constant.character.escape'), match: '\\\\(?:["\\\\nt]|u\\{[0-9A-Fa-f]{1,6}\\})' },
        { ...scope('invalid.illegal.escape'), match: '\\\\.' },
      ],
    },
    numbers: {
      patterns: [
        {
          ...scope('constant.numeric'),
          match: '(?<!\\w)[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(%)?(?![\\w%]|\\.(?!\\.))',
          captures: groups('keyword.other.unit.percent'),
        },
        { ...scope('invalid.illegal.number'), match: `(?<!\\w)${number}` },
      ],
    },
    operators: {
      patterns: [
        { ...scope('keyword.operator.logical'), match: `\\b${anyOf([...logical, 'not'])}\\b` },
        { ...scope('keyword.operator.comparison'), match: '[=!<>]=|[<>]' },
        { ...scope('keyword.operator.arithmetic'), match: '[-+*]|/(?!/)' },
        { ...scope('keyword.operator.assignment'), match: '=' },
      ],
    },
    constants: {
      patterns: [
        { ...scope('constant.language.boolean'), match: '\\b(?:true|false)\\b' },
        { ...scope('constant.language.none'), match: '\\bnone\\b' },
      ],
    },
    calls: {
      patterns: [
        { ...scope('entity.name.type.reference'), match: `\\b${typeName}(?=\\s*\\()` },
        { ...scope('support.function'), match: `\\b(?!${anyOf([...logical, 'not'])}\\b)${name}(?=\\s*\\()` },
      ],
    },
    members: {
      patterns: [
        { match: `\\b(${typeName})(?=\\s*\\.(?!\\.))`, captures: groups('entity.name.type.reference') },
        { match: `\\b(${name})(?=\\s*\\.(?!\\.))`, captures: groups('variable.other.object') },
        { match: `(\\.)\\s*(${name})`, captures: groups('punctuation.accessor', 'variable.other.member') },
      ],
    },
    /** Inside parentheses: bare names are parameters as often as values. */
    expression: { patterns: operand('variable.other', 'expression') },
    /** Of settings and fillings: bare names are words of a vocabulary. */
    value: {
      patterns: [
        bracketed('{}', include('settings', 'comments'), 'meta.settings'),
        ...operand('variable.other.value', 'value'),
      ],
    },
    arguments: bracketed(
      '()',
      [
        { match: `\\b(${name})\\s*(:)`, captures: groups('variable.parameter', 'punctuation.separator.colon') },
        ...include('expression'),
      ],
      'meta.parens',
    ),
    parameters: bracketed(
      '()',
      [
        span('=', '(?=[,)])', include('expression'), { beginCaptures: { 0: scope('keyword.operator.assignment') } }),
        span(':', '(?=[,)=])', include('comments', 'types'), {
          beginCaptures: { 0: scope('punctuation.separator.colon') },
        }),
        ...include('comments'),
        { ...scope('variable.parameter'), match: `\\b${name}` },
        comma,
      ],
      'meta.parameters',
    ),
    types: span(
      `\\b(?!${anyOf([...logical, 'not'])}\\b)(${name})\\s*(\\[)`,
      '\\]',
      [{ ...scope('keyword.operator.rest'), match: '\\.\\.\\.' }, ...operand('variable.other.dimension', 'expression')],
      {
        ...scope('meta.type'),
        beginCaptures: groups('support.type', 'punctuation.section.brackets.begin'),
        endCaptures: { 0: scope('punctuation.section.brackets.end') },
      },
    ),

    declarations: {
      patterns: [
        { match: '\\b(nrm)\\s+([0-9]+)\\b', captures: groups('storage.modifier.edition', 'constant.numeric') },
        span(
          '\\b(import)\\b',
          '(?<=")',
          [
            bracketed('{}', [
              ...include('comments'),
              { ...scope('entity.name.type.import'), match: `\\b${name}` },
              comma,
            ]),
            { ...scope('keyword.control.from'), match: '\\bfrom\\b' },
            ...include('comments', 'strings'),
          ],
          { ...scope('meta.import'), beginCaptures: groups('keyword.control.import') },
        ),
        span(
          `\\b(extern)\\b(?:\\s+(layer|loss)\\b(?:\\s+(${name}))?)?`,
          '(?<=")',
          [
            ...include('comments', 'parameters', 'types', 'strings'),
            { ...scope('keyword.operator.arrow'), match: '->' },
            { ...scope('keyword.control.from'), match: '\\bfrom\\b' },
            { ...scope('entity.name.function.extern'), match: `\\b${name}` },
          ],
          {
            ...scope('meta.declaration.extern'),
            beginCaptures: groups('storage.modifier.extern', 'storage.type.extern', 'entity.name.function.extern'),
          },
        ),
        span(
          `\\b(loss)\\s+(${name})`,
          lossEnd,
          [
            ...include('parameters', 'comments'),
            span('=', lossEnd, include('expression'), { beginCaptures: { 0: scope('keyword.operator.assignment') } }),
          ],
          {
            ...scope('meta.declaration.loss'),
            beginCaptures: groups('storage.type.loss', 'entity.name.function.loss'),
          },
        ),
        declaration('network', 'body', ['with', 'parameters']),
        declaration('block', 'body', ['parameters']),
        declaration('policy', 'policy', ['with', 'parameters']),
        declaration('data', 'data'),
        declaration('train', 'train'),
        declaration('sweep', 'study'),
        declaration('search', 'study'),
      ],
    },
    with: span(
      '\\b(with|extends)\\b',
      '(?=\\{)',
      [...include('comments', 'arguments'), { ...scope('entity.other.inherited-class'), match: `\\b${name}` }],
      { beginCaptures: groups('storage.modifier') },
    ),

    body: bracketed('{}', include('items'), 'meta.body'),
    items: {
      patterns: [
        ...include('comments'),
        {
          match: `\\b(input)\\s+(${name})\\s*(:)`,
          captures: groups('keyword.other.input', 'variable.other.input', 'punctuation.separator.colon'),
        },
        {
          match: `\\b(output)\\s+(${name})\\s*(:)`,
          captures: groups('keyword.other.output', 'entity.name.label.output', 'punctuation.separator.colon'),
        },
        { match: `\\b(${name})\\s*(:)`, captures: groups('entity.name.label', 'punctuation.separator.colon') },
        { ...scope('keyword.operator.path'), match: '\\|' },
        { ...scope('keyword.control.join'), match: `\\b${anyOf(joins)}\\b` },
        ...include('for'),
        span('\\b(repeat|if)\\b', '(?=[{}])', include('expression'), { beginCaptures: groups('keyword.control.flow') }),
        { ...scope('keyword.control.flow'), match: '\\belse\\b' },
        { match: `\\b(from)\\b(?:\\s+(${name}))?`, captures: groups('keyword.control.from', 'variable.other.from') },
        {
          match: `\\b(again)\\b(?:\\s+(${name}))?`,
          captures: groups('keyword.control.again', 'entity.name.label.again'),
        },
        { match: `\\b(as)\\b(?:\\s+(${name}))?`, captures: groups('keyword.control.as', 'variable.other.as') },
        { ...scope('keyword.other.identity'), match: '\\bidentity\\b' },
        // Half-written.
        { match: '\\b(input|output)\\b', captures: groups('keyword.other.$1') },
        ...include('types'),
        { match: slot, captures: groups('variable.language.slot') },
        { ...scope('entity.name.function.block'), match: `\\b${typeName}\\b` },
        { ...scope('entity.name.function.layer'), match: `\\b${name}` },
        ...include('arguments', 'body'),
      ],
    },
    for: span(
      `\\b(for)\\b(?:\\s+(${name}))?`,
      '(?=[{}])',
      [
        ...include('comments'),
        bracketed('[]', [{ ...scope('variable.other.loop'), match: `\\b${name}` }, comma, ...include('comments')]),
        span('\\b(in)\\b', '(?=[{}])', include('expression'), { beginCaptures: groups('keyword.control.in') }),
        { ...scope('variable.other.loop'), match: `\\b${name}` },
      ],
      { beginCaptures: groups('keyword.control.flow', 'variable.other.loop') },
    ),

    settings: {
      patterns: [keyed(`\\b(${name})`, [key], include('value')), ...include('comments', 'value')],
    },
    policy: bracketed(
      '{}',
      [
        ...include('comments'),
        keyed(`${slot}\\s*(\\?)?`, ['variable.language.slot', 'keyword.operator.optional'], include('value')),
        keyed(`\\b(${name})\\s*(\\?)?`, [key, 'keyword.operator.optional'], include('value')),
        { ...scope('entity.name.section'), match: `\\b${anyOf(sections)}\\b(?=\\s*\\{)` },
        ...include('selector'),
        bracketed('{}', include('settings'), 'meta.settings'),
        // A value that is broken before its operator goes on here.
        ...include('strings', 'numbers', 'arguments', 'operators'),
      ],
      'meta.policy',
    ),
    selector: {
      patterns: [
        {
          match: `(\\.)\\s*(${anyOf(weightNames)})\\b`,
          captures: groups('punctuation.accessor', 'entity.other.attribute-name.weight'),
        },
        { match: `(\\.)\\s*(${name})`, captures: groups('punctuation.accessor', 'entity.name.tag') },
        { ...scope('entity.other.attribute-name.weight'), match: `\\b${anyOf(weightNames)}\\b` },
        { match: slot, captures: groups('variable.language.slot') },
        { ...scope('entity.name.type.selector'), match: `\\b${typeName}\\b` },
        { ...scope('entity.name.tag'), match: `\\b${name}` },
        { ...scope('keyword.operator.optional'), match: '\\?' },
        comma,
        bracketed(
          '[]',
          [
            span(`\\b(${name})\\s*(:)`, '(?=\\])', include('expression'), {
              beginCaptures: groups(key, 'punctuation.separator.colon'),
            }),
            { ...scope('keyword.other.position'), match: '\\b(?:first|last)\\b' },
            span('\\b(not)\\b', '(?=\\])', include('comments', 'selector'), {
              beginCaptures: groups('keyword.operator.logical'),
            }),
            ...include('comments', 'numbers', 'selector'),
          ],
          'meta.condition',
        ),
      ],
    },

    data: bracketed(
      '{}',
      [
        span(
          '\\b(fields)\\b(?=\\s*(?:\\{|//|$))',
          '(?<=\\})',
          [
            ...include('comments'),
            bracketed('{}', [
              keyed(`\\b(${name})`, [key], include('types', 'value')),
              ...include('comments', 'types', 'value'),
            ]),
          ],
          { ...scope('meta.fields'), beginCaptures: groups('keyword.other.fields') },
        ),
        ...include('settings'),
      ],
      'meta.data',
    ),
    train: bracketed('{}', include('settings'), 'meta.train'),
    study: bracketed(
      '{}',
      [
        span(
          '\\b(over)\\b(?=\\s*(?:\\{|//|$))',
          '(?<=\\})',
          [
            ...include('comments'),
            bracketed('{}', [keyed(`\\b(${dotted})`, [key], include('value')), ...include('comments', 'value')]),
          ],
          { ...scope('meta.axes'), beginCaptures: groups('keyword.other.over') },
        ),
        ...include('settings'),
      ],
      'meta.study',
    ),
  };

  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'nrm',
    scopeName: 'source.nrm',
    fileTypes: ['nrm'],
    patterns: include('comments', 'declarations', 'expression'),
    repository,
  };
}
