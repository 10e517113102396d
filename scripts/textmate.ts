// The TextMate grammar, for editors and web pages that colour text without the language server.

export interface Keywords {
  readonly declarations: readonly string[];
  readonly reserved: readonly string[];
  readonly contextual: readonly string[];
  readonly joins: readonly string[];
  readonly slots: readonly string[];
}

const anyOf = (words: readonly string[]): string => `(?:${words.join('|')})`;
const name = '[A-Za-z_][A-Za-z0-9_]*';
const scope = (text: string): { readonly name: string } => ({ name: `${text}.nrm` });

export function textMate({ declarations, reserved, joins, slots }: Keywords): unknown {
  const named = declarations.filter((word) => word !== 'import' && word !== 'extern');
  const flow = ['repeat', 'for', 'if', 'else'];
  const words = reserved.filter((word) => !flow.includes(word) && !joins.includes(word));
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'nrm',
    scopeName: 'source.nrm',
    fileTypes: ['nrm'],
    patterns: [
      { include: '#comments' },
      { include: '#strings' },
      { include: '#declarations' },
      { include: '#keys' },
      { include: '#numbers' },
      { include: '#words' },
      { include: '#signs' },
    ],
    repository: {
      comments: {
        patterns: [
          { ...scope('comment.line.documentation'), match: '///(?!/).*$' },
          { ...scope('comment.line.double-slash'), match: '//.*$' },
        ],
      },
      strings: {
        ...scope('string.quoted.double'),
        begin: '"',
        end: '"|$',
        patterns: [
          { ...scope('constant.character.escape'), match: '\\\\(?:["\\\\nt]|u\\{[0-9A-Fa-f]{1,6}\\})' },
          { ...scope('invalid.illegal.escape'), match: '\\\\.' },
        ],
      },
      declarations: {
        patterns: [
          {
            match: `^\\s*(${anyOf(named)})\\s+(${name})`,
            captures: { 1: scope('storage.type'), 2: scope('entity.name.type') },
          },
          {
            match: `^\\s*(extern)\\s+(layer|loss)\\s+(${name})`,
            captures: { 1: scope('storage.modifier'), 2: scope('storage.type'), 3: scope('entity.name.type') },
          },
          { match: '^\\s*(import)\\b(?=\\s*\\{)', captures: { 1: scope('keyword.control.import') } },
          { match: '^\\s*(nrm)\\s+([0-9]+)', captures: { 1: scope('storage.modifier'), 2: scope('constant.numeric') } },
          {
            match: `\\b(with|extends)\\s+(${name})`,
            captures: { 1: scope('storage.modifier'), 2: scope('entity.other.inherited-class') },
          },
        ],
      },
      keys: {
        patterns: [
          { match: `\\b(${anyOf(slots)})\\??(?=\\s*:)`, captures: { 1: scope('support.function.slot') } },
          { ...scope('variable.other.property'), match: `\\b${name}(?:\\.${name})*(?=\\??\\s*:)` },
        ],
      },
      numbers: { ...scope('constant.numeric'), match: '\\b[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?%?' },
      words: {
        patterns: [
          { ...scope('keyword.control'), match: `\\b${anyOf(flow)}\\b` },
          { ...scope('keyword.operator.join'), match: `\\b${anyOf(joins)}\\b(?=\\s*\\{)` },
          { ...scope('keyword.other'), match: `\\b${anyOf([...words, 'in', 'over', 'fields'])}\\b` },
          { ...scope('keyword.operator.logical'), match: '\\b(?:and|or|not)\\b' },
          { ...scope('constant.language'), match: '\\b(?:true|false|none)\\b|\\[(?:first|last)(?=\\])' },
          { ...scope('support.function.slot'), match: `\\b${anyOf(slots)}\\b` },
          { ...scope('support.type'), match: '\\b(?:float32|int32|bool)\\b(?=\\s*\\[)' },
          { ...scope('entity.name.function'), match: `\\b${name}(?=\\()` },
        ],
      },
      signs: {
        patterns: [
          { ...scope('keyword.operator.path'), match: '\\|' },
          { ...scope('keyword.operator'), match: '->|\\.\\.\\.|[=!<>]=|[-+*/<>=?]' },
        ],
      },
    },
  };
}
