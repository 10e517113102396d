/**
 * Common mistakes that the grammar accepts and notes, so that one slip is one diagnostic and the rest is read as it was meant.
 * While Chevrotain records the grammar none of this is seen.
 */
import { createTokenInstance, EOF, type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import { startsOperand } from './brackets.ts';
import { type GrammarRule, RecoveringParser } from './recovery.ts';
import {
  AnyName,
  Assign,
  Bar,
  Colon,
  Comma,
  Dot,
  Else,
  LBrace,
  Question,
  RBrace,
  reservedWords,
  Semicolon,
} from './tokens.ts';

export abstract class LenientParser extends RecoveringParser {
  protected lenient(act: () => void): void {
    if (!this.RECORDING_PHASE) act();
  }

  protected isAt(type: TokenType, ahead = 1): boolean {
    return tokenMatcher(this.LA(ahead), type);
  }

  private isAtAny(types: readonly TokenType[]): boolean {
    return types.some((type) => this.isAt(type));
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
      this.note({ kind: 'unexpected', token: this.LA(1), expected: '`{`', rule: 'opening' });
      while (!this.isAt(LBrace) && !this.isAt(EOF)) this.SKIP_TOKEN();
      return;
    }
  }

  /** Before a closing bracket: skips what cannot be there. The bracket is there, because brackets match. */
  protected closing(type: TokenType, expected: string, rule: string): void {
    if (this.isAt(type)) return;
    this.note({
      kind: 'unexpected',
      token: this.LA(1),
      expected: this.isAt(Comma) && expected.startsWith('`,`') ? 'a value' : expected,
      rule,
    });
    while (!this.isAt(type) && !this.isAt(EOF)) this.SKIP_TOKEN();
  }

  /** `{ | conv | norm }` without a `sum`: the steps are read on. */
  protected strayBars(parse: () => void): void {
    if (this.isAt(Bar)) this.note({ kind: 'unexpected', token: this.LA(1), expected: 'a step', rule: 'items' });
    while (this.isAt(Bar)) {
      this.SKIP_TOKEN();
      parse();
    }
  }

  /** `conv dense: { … }`, `norm batch: relu`: a colon where a rule's settings should begin. */
  protected misplacedColon(): void {
    if (!this.isAt(Colon)) return;
    this.note({ kind: 'unexpected', token: this.LA(1), expected: '`{`', rule: 'rule' });
    do this.SKIP_TOKEN();
    while (!this.isAtAny([LBrace, RBrace, EOF]) && !this.isAtKey());
  }

  /** After the items of a group: when something else is in the way, skips it and reads the items behind it too. */
  protected goOn(
    rule: string,
    expected: string,
    ends: readonly TokenType[],
    starts: () => boolean,
    parse: () => void,
  ): void {
    const atEnd = (): boolean => this.isAt(EOF) || this.isAtAny(ends);
    while (!atEnd()) {
      this.note({ kind: 'unexpected', token: this.LA(1), expected, rule });
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
    this.note({ kind: 'unexpected', token: this.LA(1), expected: '`|`', rule: 'paths' });
    while (!this.isAtAny([Bar, RBrace, EOF]) && !atStep()) this.SKIP_TOKEN();
    if (atStep()) parse();
  }

  // ── signs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  protected separators(between: string, types: readonly TokenType[]): void {
    while (this.isAtAny(types)) {
      const token = this.LA(1);
      this.note({ kind: 'separator', token, between });
      this.SKIP_TOKEN();
      // What comes after it is read as if it had not been there, errors included.
      this.skipped.delete(token);
    }
  }

  protected missingCommas(item: GrammarRule, index: 0 | 1, names: boolean): void {
    const starts = (): boolean => (names ? this.isAt(AnyName) : startsOperand(this.LA(1)));
    for (let before = null as IToken | null; starts() && before !== this.LA(1); ) {
      before = this.LA(1);
      this.note({ kind: 'comma', token: before, previous: this.LA(0) });
      this.subrule(index, item);
    }
  }

  /** `batch = 64`, `classes: 10` in parameters: the other of the two signs, `ahead` tokens from here. */
  protected mistakenSign(expected: ':' | '=', what: string, ahead = 1): void {
    const token = this.LA(ahead);
    const [found, type] = expected === ':' ? [Assign, Colon] : [Colon, Assign];
    if (token.tokenType !== found || (ahead > 1 && !this.isAt(AnyName))) return;
    this.note({ kind: 'sign', token, previous: this.LA(ahead - 1), expected, what });
    const { image, startOffset, endOffset } = token;
    this.input[this.input.indexOf(token)] = createTokenInstance(
      type,
      image,
      startOffset,
      endOffset ?? startOffset,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    );
  }

  /** `batch:  epochs: 5`: a key whose value is missing, for the next thing is another key or the end. */
  protected lacksValue(): boolean {
    if (this.RECORDING_PHASE || !(this.isAtAny([RBrace, Comma, Semicolon, EOF]) || this.isAtKey())) return false;
    this.note({ kind: 'value', token: this.LA(1), key: this.LA(this.isAt(Question, -1) ? -2 : -1), colon: this.LA(0) });
    const separator = this.LA(1);
    if (this.isAtAny([Comma, Semicolon])) {
      this.SKIP_TOKEN();
      this.skipped.delete(separator);
    }
    return true;
  }

  private isAtKey(): boolean {
    if (!this.isAt(AnyName)) return false;
    let ahead = 2;
    while (this.isAt(Dot, ahead) && this.isAt(AnyName, ahead + 1)) ahead += 2;
    return this.isAt(Colon, ahead) || (this.isAt(Question, ahead) && this.isAt(Colon, ahead + 1));
  }
}
