/** The sites at which reading a text fails, by the parser's own account: what no message can hide. */
import type { IToken } from 'chevrotain';
import { balanceBrackets } from '../../../src/parser/brackets.ts';
import { failureOf } from '../../../src/parser/errors.ts';
import { lex } from '../../../src/parser/lexer.ts';
import { machine } from '../../../src/parser/machine.ts';
import { type Failure, siteOf } from '../../../src/parser/sites/index.ts';
import { splitDeclarations } from '../../../src/parser/split.ts';

export interface Raised {
  /** Null when there is no message for the place. */
  readonly site: string | null;
  readonly failure: Failure;
}

export function raised(text: string): readonly Raised[] {
  const { lexer, parser } = machine();
  const lexed = lex(lexer.tokenize(text), text, 'x', () => {});
  const { tokens, afterGap } = balanceBrackets(lexed.tokens, lexed, text, 'x', () => {});
  return splitDeclarations(tokens, afterGap, 'x', () => {}).flatMap((slice) => {
    parser.input = [...slice.tokens];
    if (slice.rule === 'edition') parser.edition();
    else parser.declaration();
    const place = (token: IToken): number => {
      const index = slice.tokens.indexOf(token);
      return index < 0 ? slice.tokens.length : index;
    };
    const failures = [
      ...parser.mistakes.flatMap((m) =>
        m.kind === 'unexpected' ? [{ at: place(m.token), failure: { kind: m.wanted, stack: m.stack } }] : [],
      ),
      ...parser.errors.map((error) => ({ at: place(error.token), failure: failureOf(error) })),
    ].sort((a, b) => a.at - b.at);
    return failures.map(({ failure }) => ({ site: siteOf(failure), failure }));
  });
}
