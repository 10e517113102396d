/**
 * How the parser goes on after an error, on tokens whose brackets match (`brackets.ts`).
 *
 * Chevrotain looks for the nearest token that any rule on its stack could go on with. Without separators almost every word is such
 * a token, so here a group is skipped whole, and the search never leaves the brackets in which the error is.
 *
 * `findReSyncTokenType` and `shouldInRepetitionRecoveryBeTried` are not in Chevrotain's published types; its version is pinned, and the tests of
 * recovery fail when they change.
 */
import {
  type CstNode,
  CstParser,
  EOF,
  type IParserConfig,
  type IToken,
  type ParserMethod,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';
import { isCloser, isOpener, maxErrors } from './brackets.ts';
import { frame } from './sites/index.ts';
import { Assign, allTokens, Colon, Identifier, In, LBrace } from './tokens.ts';

export type GrammarRule = ParserMethod<[], CstNode>;

/** A mistake that the grammar accepts on purpose; `errors.ts` words it. */
export type Mistake =
  | { readonly kind: 'reserved'; readonly token: IToken; readonly role: string }
  | { readonly kind: 'separator'; readonly token: IToken; readonly between: string }
  | {
      readonly kind: 'comma';
      readonly token: IToken;
      readonly previous: IToken;
      readonly stack: readonly string[];
    }
  | {
      readonly kind: 'sign';
      readonly token: IToken;
      readonly previous: IToken;
      readonly expected: ':' | '=';
      readonly what: string;
    }
  /** A word or sign (up to `last`) of another language or misspelt, and what it is here. */
  | { readonly kind: 'word'; readonly token: IToken; readonly instead: string; readonly last?: IToken }
  /** A word before paths that joins none, and the one that is meant, if that is known. */
  | { readonly kind: 'join'; readonly token: IToken; readonly instead: string | null }
  /** A bar with no steps behind it; with steps before it and the end behind it, it is one too many. */
  | { readonly kind: 'path'; readonly token: IToken; readonly last: boolean }
  /** Braces without a label. */
  | { readonly kind: 'stage'; readonly token: IToken }
  | {
      readonly kind: 'value';
      readonly token: IToken;
      readonly key: IToken;
      readonly colon: IToken;
      /** Settings stand below the key, further in. */
      readonly nested: boolean;
    }
  | {
      readonly kind: 'unexpected';
      readonly token: IToken;
      readonly previous: IToken;
      /** Of the site that fails, in the last of the open rules (`sites/index.ts`). */
      readonly wanted: string;
      readonly stack: readonly string[];
    };

/** What is done at every step or not at all; there may be any number of them. */
const habits: ReadonlySet<Mistake['kind']> = new Set<Mistake['kind']>(['separator', 'sign', 'comma']);

/** The rules that begin with an opening bracket; what is inside is read by rules of their own. */
const bracketed: ReadonlySet<string> = new Set([
  'importNames',
  'parameters',
  'externParameters',
  'arguments',
  'list',
  'group',
  'bracket',
  'dimensions',
  'body',
  'paths',
  'forNames',
  'policyBody',
  'settings',
  'dataBody',
  'fields',
  'studyBody',
  'axes',
]);

/** The parts of Chevrotain that are used but not published. */
interface Internals {
  readonly RULE_STACK_IDX: number;
  readonly RULE_OCCURRENCE_STACK: readonly number[];
  getHumanReadableRuleStack(): string[];
  buildFullFollowKeyStack(): unknown[];
  getFollowSetFromFollowKey(key: unknown): TokenType[];
  moveToTerminatedState(): void;
}

export abstract class RecoveringParser extends CstParser {
  /** What was accepted leniently, and what was skipped, while reading the present input. */
  readonly mistakes: Mistake[] = [];
  readonly skipped = new Set<IToken>();
  /** How many errors may be found in one input before the rest of it is given up. */
  patience = maxErrors;
  /** Mistakes of which any number is told as one (`repeats.ts`). */
  private repeats = 0;

  constructor(config: IParserConfig) {
    super([...allTokens], { recoveryEnabled: true, nodeLocationTracking: 'onlyOffset', ...config });
  }

  override reset(): void {
    super.reset();
    // The base constructor resets too, before there are fields.
    this.mistakes?.splice(0);
    this.repeats = 0;
    this.skipped?.clear();
  }

  /** Skips a whole group at once. */
  protected override SKIP_TOKEN(): IToken {
    this.giveUpPerhaps();
    let depth = 0;
    do {
      const token = this.LA(1);
      if (token.tokenType === EOF) return token;
      this.skipped.add(token);
      if (isOpener(token)) depth++;
      else if (isCloser(token)) depth--;
      super.SKIP_TOKEN();
    } while (depth > 0);
    return this.LA(1);
  }

  /** The next token, groups left out, that a rule inside the present brackets could go on with; their end at the latest. */
  protected findReSyncTokenType(): TokenType {
    this.giveUpPerhaps();
    const inner = this as unknown as Internals;
    const stack = inner.getHumanReadableRuleStack();
    const outer = stack.findLastIndex((rule, level) => level < stack.length - 1 && bracketed.has(rule));
    const follows = inner
      .buildFullFollowKeyStack()
      .slice(outer + 1)
      .flatMap((key) => inner.getFollowSetFromFollowKey(key));
    for (let ahead = 1, depth = 0; ; ahead++) {
      const token = this.LA(ahead);
      if (token.tokenType === EOF) return EOF;
      if (depth === 0) {
        const found = follows.find((type) => tokenMatcher(token, type));
        if (found !== undefined) return found;
      }
      if (isOpener(token)) depth++;
      else if (isCloser(token)) depth--;
    }
  }

  /** Chevrotain's own search for the next item of a repetition: `goOn` in `lenient.ts` does it, within the brackets. */
  protected shouldInRepetitionRecoveryBeTried(): boolean {
    return false;
  }

  /** Skips one token, an opening bracket without what it holds. */
  protected skipAlone(): void {
    this.skipped.add(this.LA(1));
    super.SKIP_TOKEN();
  }

  /** Only signs that say nothing by themselves are made up, and names that a declaration lacks. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return type === Colon || type === Assign || type === In || (type === Identifier && this.LA(1).tokenType === LBrace);
  }

  /** Brackets stay: taking one of a pair away would undo the balance. */
  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return !isOpener(this.LA(1)) && !isCloser(this.LA(1));
  }

  /** The rules that are open, outermost first. */
  protected openRules(): readonly string[] {
    const inner = this as unknown as Internals;
    return inner.getHumanReadableRuleStack().map((rule, at) => frame(rule, inner.RULE_OCCURRENCE_STACK[at] ?? 0));
  }

  /** The same up to the rule whose brackets these are. */
  protected rulesOfGroup(): readonly string[] {
    const stack = this.openRules();
    return stack.slice(0, stack.findLastIndex((rule) => bracketed.has(rule.replace(/#\d+$/, ''))) + 1);
  }

  protected note(mistake: Mistake): void {
    if (habits.has(mistake.kind) && this.mistakes.some(({ kind }) => kind === mistake.kind)) this.repeats++;
    this.mistakes.push(mistake);
    this.giveUpPerhaps();
  }

  protected override getTokenToInsert(type: TokenType): IToken {
    this.giveUpPerhaps();
    return super.getTokenToInsert(type);
  }

  /** Jumps to the end when there are too many errors: what was read stays, and all open rules come to an end. */
  private giveUpPerhaps(): void {
    if (this.mistakes.length - this.repeats + this.errors.length > this.patience)
      (this as unknown as Internals).moveToTerminatedState();
  }
}
