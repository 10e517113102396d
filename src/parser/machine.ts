/**
 * The lexer and the parser, made once and kept: making them takes tens of milliseconds, and a language server parses at each key.
 *
 * This is the one module state of the compiler. It cannot be observed: the lexer has none, and the parser is set back by every input.
 */
import { type IParserConfig, type IParserErrorMessageProvider, Lexer } from 'chevrotain';
import { NrmParser } from './grammar.ts';
import { allTokens } from './tokens.ts';

interface Machine {
  readonly lexer: Lexer;
  readonly parser: NrmParser;
}

/** Facts instead of sentences: `errors.ts` does the wording. */
const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.name,
  buildNotAllInputParsedMessage: () => 'end',
  buildNoViableAltMessage: ({ ruleName }) => ruleName,
  buildEarlyExitMessage: ({ ruleName }) => ruleName,
};

/** `validate` looks for ambiguities in the grammar; a test does, so that nobody else has to wait for it. */
export function createMachine({ validate = false }: { readonly validate?: boolean } = {}): Machine {
  const config: IParserConfig = { skipValidations: !validate, errorMessageProvider: messages };
  return {
    // `onlyOffset` would leave out where a token ends, and with it the end of every span.
    lexer: new Lexer([...allTokens], {
      positionTracking: 'full',
      ensureOptimizations: true,
      skipValidations: !validate,
    }),
    parser: new NrmParser(config),
  };
}

export const machine: () => Machine = (() => {
  let made: Machine | null = null;
  return () => {
    made ??= createMachine();
    return made;
  };
})();
