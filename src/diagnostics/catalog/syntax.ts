/** NRM10xx: what is written cannot be read. Raised by the lexer and the parser, before any name is looked up. */
import { defineDiagnostic } from '../diagnostic.ts';

export const syntax = {
  unexpectedCharacter: defineDiagnostic<{ text: string; help: string | null }>({
    code: 'NRM1001',
    severity: 'error',
    title: 'a character that is not part of the language',
    message: (f) => `unexpected ${[...f.text].length === 1 ? 'character' : 'characters'} \`${f.text}\``,
    label: () => 'not part of the language',
    help: (f) => f.help,
  }),
  unterminatedString: defineDiagnostic<Record<never, never>>({
    code: 'NRM1002',
    severity: 'error',
    title: 'a string is not closed',
    message: () => 'this string has no closing `"`',
    label: () => 'runs to the end of the line',
    help: () => 'close it with `"` on the same line; a line break inside a string is written `\\n`',
  }),
  unknownEscape: defineDiagnostic<{ escape: string }>({
    code: 'NRM1003',
    severity: 'error',
    title: 'an escape in a string means nothing',
    message: (f) => `\`${f.escape}\` is not an escape`,
    label: () => 'not an escape',
    help: () => 'the escapes are `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{1F600}`; a backslash itself is written `\\\\`',
  }),
  malformedNumber: defineDiagnostic<{ text: string; why: string; instead: string | null }>({
    code: 'NRM1004',
    severity: 'error',
    title: 'a number is not written as a number',
    message: (f) =>
      /^\d+[A-DF-Za-df-z_]/.test(f.text) && f.instead === null
        ? `\`${f.text}\` is neither a number nor a name: ${f.why}`
        : `\`${f.text}\` is not a number: ${f.why}`,
    label: (f) => f.why,
    help: (f) =>
      f.instead === null
        ? 'numbers look like `3`, `0.5`, `5e-4` or `10%`, names begin with a letter'
        : `write \`${f.instead}\``,
  }),
  generatedName: defineDiagnostic<{ name: string }>({
    code: 'NRM1005',
    severity: 'error',
    title: 'a name begins with two underscores',
    message: (f) => `the name \`${f.name}\` begins with two underscores`,
    label: () => 'such names belong to generated code',
    help: (f) => `call it \`${f.name.replace(/^_+/, '') || 'x'}\``,
  }),
  unexpected: defineDiagnostic<{ expected: string; found: string; where: string; help: string | null }>({
    code: 'NRM1006',
    severity: 'error',
    title: 'something else was expected here',
    message: (f) => `expected ${f.expected}, found ${f.found}${f.where === '' ? '' : ` ${f.where}`}`,
    // A long list of what could stand here is read once, in the message.
    label: (f) => (f.expected.length > 40 ? 'not expected here' : `expected ${f.expected}`),
    help: (f) => f.help,
  }),
  unclosed: defineDiagnostic<{ opener: string; closer: string; of: string | null; comment: boolean }, 'before'>({
    code: 'NRM1007',
    severity: 'error',
    title: 'a bracket is not closed',
    message: (f) => `this \`${f.opener}\`${f.of === null ? '' : ` of \`${f.of}\``} is not closed`,
    label: () => 'opened here',
    places: { before: (f) => `\`${f.closer}\` was expected before this` },
    help: (f) =>
      `add the missing \`${f.closer}\`${f.comment ? '; what stands behind `//` is a comment (a division is written `/`)' : ''}`,
  }),
  strayCloser: defineDiagnostic<{ found: string; opener: string | null; closer: string | null }, 'opener'>({
    code: 'NRM1008',
    severity: 'error',
    title: 'a closing bracket closes nothing',
    message: (f) =>
      f.opener === null ? `this \`${f.found}\` closes nothing` : `\`${f.found}\` does not close \`${f.opener}\``,
    label: (f) => (f.closer === null ? 'nothing is open here' : `expected \`${f.closer}\``),
    places: { opener: () => 'opened here' },
    help: (f) => (f.closer === null ? 'remove it, or open the bracket it belongs to' : `write \`${f.closer}\``),
  }),
  unknownDeclaration: defineDiagnostic<{ found: string; nearest: string | null; help: string | null }>({
    code: 'NRM1009',
    severity: 'error',
    title: 'there is no such kind of declaration',
    message: (f) => `expected a declaration, found ${f.found}`,
    label: (f) => (f.nearest === null ? 'a declaration begins here' : `did you mean \`${f.nearest}\`?`),
    help: (f) =>
      f.help ??
      (f.nearest === null
        ? 'a file holds `network`, `block`, `policy`, `data`, `train`, `sweep`, `search`, `loss`, `import` and `extern` declarations'
        : `write \`${f.nearest}\``),
  }),
  reservedName: defineDiagnostic<{ word: string; role: string }>({
    code: 'NRM1010',
    severity: 'error',
    title: 'a reserved word is used as a name',
    message: (f) => `\`${f.word}\` is reserved and cannot be ${f.role}`,
    label: () => 'a reserved word',
    help: (f) =>
      `choose another name, such as \`${f.word}1\`; reserved words are free as keys, parameters and fields only`,
  }),
  needlessSeparator: defineDiagnostic<{ found: string; between: string }>({
    code: 'NRM1011',
    severity: 'error',
    title: 'a separator where none is written',
    message: (f) => `${f.between} stand without \`${f.found}\` between them`,
    label: () => 'not needed',
    help: (f) => `remove the \`${f.found}\`; where one ends the next begins`,
  }),
  missingComma: defineDiagnostic<{ found: string; where: string; items: string; example: string }>({
    code: 'NRM1012',
    severity: 'error',
    title: 'a comma is missing',
    message: (f) => `a \`,\` is missing before ${f.found}${f.where === '' ? '' : ` ${f.where}`}`,
    label: () => 'a `,` is missing before this',
    help: (f) => `${f.items} are separated by commas: ${f.example}`,
  }),
  wrongSign: defineDiagnostic<{ found: string; expected: string; after: string; what: string }>({
    code: 'NRM1013',
    severity: 'error',
    title: '`=` and `:` are confused',
    message: (f) => `${f.what} is written with \`${f.expected}\`, not \`${f.found}\``,
    label: (f) => `expected \`${f.expected}\``,
    help: (f) => `write \`${f.after}${f.expected === ':' ? ':' : ' ='} …\``,
  }),
  tooDeep: defineDiagnostic<{ limit: number }>({
    code: 'NRM1014',
    severity: 'error',
    title: 'nesting is too deep',
    message: (f) => `more than ${f.limit} levels of nesting`,
    label: () => 'what is inside this is not read',
    help: () => 'name parts: a `block` for steps, another declaration for settings',
  }),
  edition: defineDiagnostic<{ version: string }>({
    code: 'NRM1015',
    severity: 'error',
    title: 'the edition is not supported',
    message: (f) => `this file is written in edition ${f.version}; this nrmc reads edition 1`,
    label: () => 'unknown edition',
    help: () => 'write `nrm 1`, or install a newer nrmc',
  }),
  missingValue: defineDiagnostic<{ key: string; found: string; nested: boolean }>({
    code: 'NRM1016',
    severity: 'error',
    title: 'a key has no value',
    message: (f) => `\`${f.key}\` has no value: found ${f.found}`,
    label: () => 'a value is missing after this',
    help: (f) =>
      f.nested
        ? `what belongs to \`${f.key}\` stands in braces: \`${f.key} { … }\``
        : `write \`${f.key}: …\` with a value, or remove \`${f.key}:\``,
  }),
  unlabelledStage: defineDiagnostic<{ help: string | null; word: string | null }>({
    code: 'NRM1017',
    severity: 'error',
    title: 'a stage has no label',
    message: (f) =>
      f.word === null
        ? 'a stage needs a label'
        : `the label of a stage stands right before its \`{\`, found \`${f.word}\``,
    label: (f) => (f.word === null ? 'this stage has no name' : 'no word stands here'),
    help: (f) => f.help ?? 'write `stem: { … }`, or leave the braces out',
  }),
  tooMany: defineDiagnostic<{ shown: number }>({
    code: 'NRM1018',
    severity: 'error',
    title: 'too many syntax errors',
    message: (f) => `more than ${f.shown} syntax errors; the rest is not shown`,
    label: () => 'reading stopped near here',
    help: () => 'is this an `.nrm` file?',
  }),
  emptyPath: defineDiagnostic<{ last: boolean }>({
    code: 'NRM1019',
    severity: 'error',
    title: 'a path between bars is empty',
    message: () => 'an empty path is written `identity`',
    label: () => 'nothing stands behind this bar',
    help: (f) =>
      f.last
        ? 'remove this bar: the last path ends with `}`'
        : 'write `| identity` for a path that changes nothing, or remove the bar',
  }),
};
