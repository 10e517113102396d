/**
 * Common mistakes that the grammar accepts and notes, so that one slip is one diagnostic and the rest is read as it was meant.
 * While Chevrotain records the grammar none of this is seen.
 */
import { createTokenInstance, EOF, type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import { startsOperand } from './brackets.ts';
import { type GrammarRule, RecoveringParser } from './recovery.ts';
import {
  AnyName,
  Arrow,
  As,
  Assign,
  Bar,
  BinaryOperator,
  Colon,
  Comma,
  Dot,
  Ellipsis,
  Else,
  Equal,
  For,
  If,
  LBrace,
  Minus,
  Question,
  RBrace,
  reservedWords,
  Semicolon,
} from './tokens.ts';

/** Where a comma seems to be missing before one of these, something else is meant: `a if b else c`, `a as b`. */
const phraseWords: readonly TokenType[] = [If, Else, For, As];

/** Signs that no value begins with. */
const straySigns: readonly TokenType[] = [Assign, Colon, Dot, Ellipsis, Arrow, Bar, Question, BinaryOperator];

export abstract class LenientParser extends RecoveringParser {
  protected isHead = false;

  protected lenient(act: () => void): void {
    if (!this.RECORDING_PHASE) act();
  }

  protected isAt(type: TokenType, ahead = 1): boolean {
    return tokenMatcher(this.LA(ahead), type);
  }

  private isAtAny(types: readonly TokenType[]): boolean {
    return types.some((type) => this.isAt(type));
  }

  private isAfterAny(types: readonly TokenType[]): boolean {
    return types.some((type) => this.isAt(type, 0));
  }

  // ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  protected isReserved(): boolean {
    return !this.RECORDING_PHASE && reservedWords.includes(this.LA(1).tokenType);
  }

  /** `sum: conv(3)`: a label that is none. */
  protected isReservedLabel(): boolean {
    return this.isReserved() && this.isAt(Colon, 2);
  }

  protected reservedName(role: string): void {
    this.note({ kind: 'reserved', token: this.LA(1), role });
    this.consume(0, AnyName);
  }

  // ── groups ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Before an opening brace: skips what stands on the way to it, if it is a few tokens away. */
  protected opening(): void {
    if (this.isAt(LBrace)) return;
    for (let ahead = 1; ahead <= 8; ahead++) {
      const token = this.LA(ahead);
      if (token.tokenType === RBrace || token.tokenType === EOF) return;
      if (token.tokenType !== LBrace) continue;
      this.unexpected('LBrace', this.openRules());
      while (!this.isAt(LBrace) && !this.isAt(EOF)) this.SKIP_TOKEN();
      return;
    }
  }

  /** `norm[first].gamma`: the name is kept, so that the selector is known to be none. */
  protected namesBehindBrackets(): void {
    if (!this.isAt(Dot) || !this.isAt(AnyName, 2)) return;
    const inSelector: readonly string[] = ['selector', 'selectorPart'];
    this.unexpected('LBrace', [
      ...this.openRules().filter((rule) => !inSelector.includes(rule.replace(/#\d+$/, ''))),
      'settings',
    ]);
    while (this.isAt(Dot) && this.isAt(AnyName, 2)) {
      this.SKIP_TOKEN();
      this.consume(0, AnyName);
    }
  }

  protected unexpected(wanted: string, stack: readonly string[] = this.openRules()): void {
    this.note({ kind: 'unexpected', token: this.LA(1), previous: this.LA(0), wanted, stack });
  }

  /** Before a closing bracket: skips what cannot be there. The bracket is there, because brackets match. */
  protected closing(type: TokenType): void {
    if (this.isAt(type)) return;
    this.unexpected(type.name, this.openRules());
    while (!this.isAt(type) && !this.isAt(EOF)) this.SKIP_TOKEN();
  }

  /** `{ | conv | norm }` without a `sum`: the steps are read on. */
  protected strayBars(parse: () => void): void {
    if (this.isAt(Bar)) this.unexpected('RBrace', this.openRules());
    while (this.isAt(Bar)) {
      this.SKIP_TOKEN();
      parse();
    }
  }

  /** `act: = relu`, `2 ** 3`: signs that cannot begin a value. */
  protected strayBeforeValue(): void {
    let signs = 0;
    while (straySigns.some((type) => this.isAt(type, signs + 1)) && !this.isAt(Minus, signs + 1)) signs++;
    if (signs === 0) return;
    this.unexpected('choice');
    for (; signs > 0; signs--) this.SKIP_TOKEN();
  }

  /** For recovery: a name that may begin an item; the value of a key that is none does not. */
  protected isAtItem(): boolean {
    return this.isAt(AnyName) && !this.isAfterAny(straySigns);
  }

  /** `conv dense: { … }`, `norm batch: relu`: a colon where a rule's settings should begin. */
  protected misplacedColon(): void {
    if (!this.isAt(Colon)) return;
    this.unexpected('LBrace', [...this.openRules(), 'settings']);
    do this.SKIP_TOKEN();
    while (!this.isAtAny([LBrace, RBrace, EOF]) && !this.isAtKey());
  }

  /** After the items of a group: when something else is in the way, skips it and reads the items behind it too. */
  protected goOn(ends: readonly TokenType[], starts: () => boolean, parse: () => void): void {
    const atEnd = (): boolean => this.isAt(EOF) || this.isAtAny(ends);
    while (!atEnd()) {
      this.unexpected('RBrace', this.rulesOfGroup());
      // The body of a lost `else` is no stage.
      if (this.isAt(Else) && this.isAt(LBrace, 2)) this.SKIP_TOKEN();
      do this.SKIP_TOKEN();
      while (!atEnd() && !starts());
      for (let before = null as IToken | null; starts() && before !== this.LA(1); ) {
        before = this.LA(1);
        parse();
      }
    }
  }

  /** `sum { conv(3) }`: a first path without its bar. */
  protected undrawnPath(atStep: () => boolean, parse: () => void): void {
    if (this.isAt(Bar)) return;
    this.unexpected('some', this.openRules());
    while (!this.isAtAny([Bar, RBrace, EOF]) && !atStep()) this.SKIP_TOKEN();
    if (atStep()) parse();
  }

  // ── signs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  protected separators(between: string, types: readonly TokenType[]): void {
    if (this.isAt(Comma) && this.rulesOfGroup().at(-1)?.startsWith('paths')) this.commaOfPaths();
    while (this.isAtAny(types)) {
      const token = this.LA(1);
      this.note({ kind: 'separator', token, between });
      this.SKIP_TOKEN();
      // What comes after it is read as if it had not been there, errors included.
      this.skipped.delete(token);
    }
  }

  protected isBarMissed(): boolean {
    return this.mistakes.some((m) => m.kind === 'unexpected' && m.wanted === 'some');
  }

  /** `sum { a, b }`: the bar of the second path is missing too, which is said of the first. */
  private commaOfPaths(): void {
    if (!this.isBarMissed()) this.unexpected('RBrace', this.rulesOfGroup());
    this.SKIP_TOKEN();
  }

  /** The value in the head of an `if`, `for` or `repeat`: no key stands there, so a colon behind a name is a slip of the body's. */
  protected inHead(parse: () => void): void {
    const before = this.isHead;
    this.isHead = true;
    try {
      parse();
    } finally {
      this.isHead = before;
    }
  }

  protected missingCommas(item: GrammarRule, index: 0 | 1, names: boolean): void {
    const starts = (): boolean =>
      !this.isAtAny(phraseWords) && (names ? this.isAt(AnyName) : startsOperand(this.LA(1)));
    for (let before = null as IToken | null; starts() && before !== this.LA(1); ) {
      before = this.LA(1);
      this.note({ kind: 'comma', token: before, previous: this.LA(0), stack: this.openRules() });
      this.subrule(index, item);
    }
  }

  /** `batch = 64`, `classes: 10` in parameters: the other of the two signs, `ahead` tokens from here. */
  protected mistakenSign(expected: ':' | '=', what: string, ahead = 1): void {
    const token = this.LA(ahead);
    const [found, type] = expected === ':' ? [[Assign, Arrow, Equal], Colon] : [[Colon], Assign];
    if (!found.includes(token.tokenType) || (ahead > 1 && !this.isAt(AnyName))) return;
    this.note({ kind: 'sign', token, previous: this.LA(ahead - 1), expected, what });
    this.replace(ahead, type);
  }

  /** Reads the token `ahead` of here as another one. */
  protected replace(ahead: number, type: TokenType, image = this.LA(ahead).image): void {
    const token = this.LA(ahead);
    const { startOffset, endOffset, startLine = Number.NaN } = token;
    this.input[this.input.indexOf(token)] = createTokenInstance(
      type,
      image,
      startOffset,
      endOffset ?? startOffset,
      startLine,
      startLine,
      Number.NaN,
      Number.NaN,
    );
  }

  /** `batch:  epochs: 5`: a key whose value is missing, for the next thing is another key or the end. */
  protected lacksValue(): boolean {
    if (this.RECORDING_PHASE || !(this.isAtAny([RBrace, Comma, Semicolon, EOF]) || this.isAtKey())) return false;
    // Without a colon there is an error already.
    if (!this.isAt(Colon, 0)) return true;
    const key = this.LA(this.isAt(Question, -1) ? -2 : -1);
    const nested = this.isIndentedBelow(key);
    this.note({ kind: 'value', token: this.LA(1), key, colon: this.LA(0), nested });
    // `conv:` and its settings on lines of their own, further in.
    if (nested)
      while (this.isIndentedBelow(key) || !this.isAtKey()) {
        if (this.isAt(EOF) || this.isAt(RBrace)) break;
        this.SKIP_TOKEN();
      }
    const separator = this.LA(1);
    if (this.isAtAny([Comma, Semicolon])) {
      this.SKIP_TOKEN();
      this.skipped.delete(separator);
    }
    return true;
  }

  private isIndentedBelow(key: IToken): boolean {
    const { startLine = Number.NaN, startColumn = Number.NaN } = this.LA(1);
    return (
      startLine > (key.startLine ?? Number.NaN) && startColumn > (key.startColumn ?? Number.NaN) && !this.isAt(RBrace)
    );
  }

  private isAtKey(): boolean {
    return this.isKeyAt(1);
  }

  protected isKeyAt(first: number): boolean {
    if (!this.isAt(AnyName, first)) return false;
    let ahead = first + 1;
    while (this.isAt(Dot, ahead) && this.isAt(AnyName, ahead + 1)) ahead += 2;
    return this.isAt(Colon, ahead) || (this.isAt(Question, ahead) && this.isAt(Colon, ahead + 1));
  }
}
