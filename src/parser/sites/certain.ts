/** Sites that the analysis in scripts/sites.ts has to take for open, and why nothing can fail there. */
export const certain: Readonly<Record<string, string>> = {
  'argumentName/Colon': 'the name of an argument is read only when its colon follows (two tokens are looked at)',
  'step>label/Colon': 'a label is read only when its colon follows (two tokens are looked at)',
  'elseIf/If': 'an `else if` is read only when both words are there (two tokens are looked at)',
  'field>dimensions/LBracket': 'a type is told from another value by its bracket (two tokens are looked at)',
  'attribute/Colon': 'a condition with a key is told from the others by its colon (two tokens are looked at)',
  'except>selector/some': '`not` is a condition only before a name (two tokens are looked at)',
  'path/some': 'an empty path is told by itself, and what no step begins with is skipped',
  'rule/separator': 'two selectors side by side mean "inside"',
  'rule/item': 'behind the comma stands a selector, which has a message of its own',
};
