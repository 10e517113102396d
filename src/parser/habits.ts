/**
 * Whole phrases of other languages that the grammar reads as what they mean: `elif`, `for (a, b) in …`, `stem { … }`. Each is noted
 * once, and what it holds is read on, so that one habit is one diagnostic. As with `lenient.ts`, Chevrotain records none of this.
 */
import { EOF, type TokenType } from 'chevrotain';
import { nearest } from '../diagnostics/nearest.ts';
import { stageWords } from './advice.ts';
import { isCloser, isOpener, startsOperand } from './brackets.ts';
import { LenientParser } from './lenient.ts';
import {
  Again,
  AnyName,
  As,
  Assign,
  Bar,
  BinaryOperator,
  Choose,
  Colon,
  Comma,
  Concat,
  Dot,
  declarationWords,
  Else,
  Extends,
  For,
  From,
  Greater,
  GreaterEqual,
  Identifier,
  Identity,
  If,
  Import,
  In,
  Input,
  JoinKind,
  Layer,
  LBrace,
  LBracket,
  Loss,
  LParen,
  Minus,
  Mul,
  NumberLiteral,
  Output,
  Question,
  RBrace,
  RBracket,
  Repeat,
  RParen,
  Semicolon,
  StringLiteral,
  Sum,
} from './tokens.ts';

const stepStarts: readonly TokenType[] = [
  Input,
  Output,
  LBrace,
  JoinKind,
  Repeat,
  For,
  If,
  From,
  Again,
  Identity,
  Identifier,
];

const elseIfs: ReadonlySet<string> = new Set(['elif', 'elseif', 'elsif']);

const joins: readonly TokenType[] = [Sum, Mul, Concat, Choose];

/** What the joins are called elsewhere. */
const joinsElsewhere: Readonly<Record<string, string>> = {
  add: 'sum',
  plus: 'sum',
  multiply: 'mul',
  times: 'mul',
  product: 'mul',
  cat: 'concat',
  concatenate: 'concat',
  merge: 'concat',
  choice: 'choose',
};

/** Is the word spelt almost like `meant`? Capital letters count as a slip. */
const isAlmost = ({ image }: { readonly image: string }, meant: string): boolean => nearest(image, [meant]) !== null;

export abstract class HabitParser extends LenientParser {
  /** Does the token `ahead` of here begin a line? */
  private beginsLine(ahead: number): boolean {
    return (this.LA(ahead - 1).startLine ?? Number.NaN) < (this.LA(ahead).startLine ?? Number.NaN);
  }

  // ── loops and choices ──────────────────────────────────────────────────────────────────────────────────────────────

  /** `for (a, b) in …`, `for (a in [1, 2]) {`: true when the parenthesis is still to be closed. */
  protected loopInParentheses(): boolean {
    if (this.RECORDING_PHASE || this.isAt(AnyName) || this.isAt(LBracket) || this.isAt(EOF)) return false;
    this.unexpected('choice');
    if (!this.isAt(LParen)) {
      // `for 2 in …`: something, but no name.
      if (this.isAt(In, 2)) this.replace(1, Identifier);
      return false;
    }
    let end = 2;
    let isHeader = false;
    for (let depth = 0; !(depth === 0 && this.isAt(RParen, end)) && !this.isAt(EOF, end); end++) {
      if (isOpener(this.LA(end))) depth++;
      else if (isCloser(this.LA(end))) depth--;
      else if (this.isAt(Semicolon, end)) isHeader = true;
    }
    if (isHeader) {
      // `for (i = 0; i < 3; i++)` says nothing that could be read.
      this.SKIP_TOKEN();
      return false;
    }
    if (this.isAt(AnyName, 2) && this.isAt(In, 3)) {
      this.skipAlone();
      return true;
    }
    this.replace(1, LBracket);
    this.replace(end, RBracket);
    return false;
  }

  /** `for a, b in …`, `for a of …`, `for a: …`. */
  protected loopWithoutIn(): void {
    if (this.isAt(Comma)) {
      this.unexpected('In');
      while (this.isAt(Comma) && this.isAt(AnyName, 2)) {
        this.SKIP_TOKEN();
        this.SKIP_TOKEN();
      }
    }
    const isWord = this.isAt(AnyName) || this.isAt(Colon) || this.isAt(Assign);
    if (this.isAt(In) || !isWord || !(this.isAt(LBracket, 2) || startsOperand(this.LA(2)))) return;
    this.unexpected('In');
    this.replace(1, In);
  }

  /** `esle { … }` right behind the body of an `if`. */
  protected elseMisspelt(): void {
    const word = this.LA(1);
    if (!this.isAt(Identifier) || !(this.isAt(LBrace, 2) || this.isAt(If, 2))) return;
    if (isAlmost(word, 'else') || word.image === 'otherwise') this.readAs('else', Else);
  }

  /** `if n => 3 { … }`. */
  protected arrowForAtLeast(): void {
    const [sign, last] = [this.LA(1), this.LA(2)];
    const isArrow = this.isAt(Assign) && this.isAt(Greater, 2) && sign.startOffset + 1 === last.startOffset;
    const heads = ['if', 'elseIf', 'repeat', 'for'];
    const head = this.isHead && isArrow ? this.openRules().findLast((rule) => heads.includes(rule)) : undefined;
    if (head !== 'if' && head !== 'elseIf') return;
    this.note({ kind: 'word', token: sign, instead: '>=', last });
    this.skipAlone();
    this.replace(1, GreaterEqual, '>=');
  }

  private readAs(instead: string, type: TokenType): void {
    this.note({ kind: 'word', token: this.LA(1), instead });
    this.replace(1, type);
  }

  /** `elif x { … }`. */
  protected isElseIfInOneWord(): boolean {
    if (this.RECORDING_PHASE || !this.isAt(Identifier) || !elseIfs.has(this.LA(1).image)) return false;
    if (this.isAt(Colon, 2) || this.isAt(LParen, 2)) return false;
    this.note({ kind: 'word', token: this.LA(1), instead: 'else if' });
    this.SKIP_TOKEN();
    return true;
  }

  // ── steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Something that a step may begin with. */
  protected readonly isAtStep = (): boolean => stepStarts.some((type) => this.isAt(type)) || this.isReservedLabel();

  /** `repaet 2 { … }`, `For n in […] { … }`, `If n > 2 { … }`, `inputs x: float32[8]`: never steps, whatever the words are. */
  protected wordMisspelt(): void {
    const word = this.LA(1);
    if (!this.isAt(Identifier) || this.isAt(Colon, 2)) return;
    const isCase = (meant: string): boolean => word.image.toLowerCase() === meant;
    const isCount = this.isAt(NumberLiteral, 2) || (this.isAt(AnyName, 2) && !this.beginsLine(2));
    if (isCount && this.isAt(LBrace, 3) && (isAlmost(word, 'repeat') || isCase('loop'))) this.readAs('repeat', Repeat);
    else if ((isCase('for') || isCase('foreach')) && this.isAt(AnyName, 2) && this.isAt(In, 3)) {
      if (this.isAt(LBracket, 4) || this.isAt(LBrace, 5)) this.readAs('for', For);
    } else if (isCase('if') && (this.isAt(AnyName, 2) || this.isAt(NumberLiteral, 2)) && this.isAt(BinaryOperator, 3))
      this.readAs('if', If);
    else if (isAlmost(word, 'input') && this.isAt(AnyName, 2) && this.isAt(Colon, 3)) {
      if (this.isAt(Identifier, 4) && this.isAt(LBracket, 5)) this.readAs('input', Input);
    }
  }

  /** `return x`, read as `from x`; the step of `return dense(10)` is read. True when nothing is left to be read. */
  protected returned(): boolean {
    if (this.RECORDING_PHASE || this.LA(1).image !== 'return' || this.beginsLine(2)) return false;
    const isGroup = this.isAt(LParen, 2);
    if (!isGroup && !this.isAt(AnyName, 2)) return false;
    this.unexpected('RBrace', this.rulesOfGroup());
    if (isGroup) {
      this.SKIP_TOKEN();
      this.SKIP_TOKEN();
    } else if (this.isAt(LParen, 3) || this.isAt(LBrace, 3)) this.SKIP_TOKEN();
    else if (!this.isAt(Comma, 3) && this.isNamedBefore(this.LA(2).image)) {
      this.replace(1, From);
      return false;
    } else
      do {
        this.SKIP_TOKEN();
        if (this.isAt(AnyName)) this.SKIP_TOKEN();
      } while (this.isAt(Comma));
    return true;
  }

  private isNamedBefore(name: string): boolean {
    return this.input.some((token, at) => token.tokenType === As && this.input[at + 1]?.image === name);
  }

  /** `encoder: stage { … }`. */
  private wordBeforeStage(): void {
    if (!this.isAt(Identifier) || !this.isAt(LBrace, 2) || this.isAt(Bar, 3)) return;
    if (!stageWords.has(this.LA(1).image.toLowerCase())) return;
    this.note({ kind: 'stage', token: this.LA(2) });
    this.SKIP_TOKEN();
  }

  /** `again encoder()`. */
  protected appliedWithArguments(): void {
    if (!this.isAt(LParen) || this.beginsLine(1)) return;
    this.unexpected('RBrace', this.rulesOfGroup());
    this.SKIP_TOKEN();
  }

  /** `| identity | }`, `| a || b`: a bar with nothing behind it. */
  protected isEmptyPath(): boolean {
    if (this.RECORDING_PHASE || !this.isAt(Bar, 0) || !(this.isAt(Bar) || this.isAt(RBrace) || this.isAt(EOF)))
      return false;
    const isFirst = this.isAt(LBrace, -1) || this.isAt(Bar, -1);
    this.note({ kind: 'path', token: this.LA(0), last: !isFirst && !this.isAt(Bar) });
    return true;
  }

  /** Braces without a label before them. True when they hold no steps and were skipped. */
  protected strayStage(labelled: boolean): boolean {
    if (this.RECORDING_PHASE) return false;
    if (labelled) this.wordBeforeStage();
    if (labelled || !this.isAt(LBrace)) return false;
    // `sum { { a } { b } }`: that bars are missing is said of the first.
    if (this.isBarMissed() && this.rulesOfGroup().at(-1)?.startsWith('paths')) return false;
    this.note({ kind: 'stage', token: this.LA(1) });
    const isDeclaration = declarationWords.includes(this.LA(-1).tokenType) && !this.beginsLine(0);
    const isArguments =
      this.isAt(NumberLiteral, 2) ||
      this.isAt(StringLiteral, 2) ||
      (this.isAt(AnyName, 2) && this.isAt(Colon, 3) && (this.isAt(NumberLiteral, 4) || this.isAt(StringLiteral, 4)));
    if (!isDeclaration && !isArguments) return false;
    this.SKIP_TOKEN();
    return true;
  }

  /** `import { A } from "…"` among the steps. */
  protected importInside(): boolean {
    if (this.RECORDING_PHASE || !this.isAt(Import) || !this.isAt(LBrace, 2)) return false;
    this.note({ kind: 'stage', token: this.LA(2) });
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
    if (!this.isAt(From)) return true;
    this.SKIP_TOKEN();
    if (this.isAt(StringLiteral)) this.SKIP_TOKEN();
    return true;
  }

  /** `add { | a | b }`: a word that joins nothing, before paths. */
  protected joinOfAnotherName(): void {
    if (!this.isAt(Identifier) || !this.isAt(LBrace, 2) || !this.isAt(Bar, 3)) return;
    const word = this.LA(1).image;
    const named = word.toLowerCase();
    const instead = Object.hasOwn(joinsElsewhere, named)
      ? joinsElsewhere[named]
      : nearest(
          word,
          joins.map((type) => String(type.PATTERN)),
        );
    this.note({ kind: 'join', token: this.LA(1), instead: instead ?? null });
    this.replace(1, joins.find((type) => type.PATTERN === instead) ?? Sum, instead ?? 'sum');
  }

  /** `sum | a | b`, `sum(a, b)`: paths without their braces. */
  protected pathsWithoutBraces(): void {
    if (!this.isAt(Bar) && !this.isAt(LParen) && !this.isAt(LBracket)) return;
    this.unexpected('LBrace');
    if (!this.isAt(Bar)) this.SKIP_TOKEN();
    else while (!this.isAt(RBrace) && !this.isAt(EOF)) this.SKIP_TOKEN();
  }

  /** `classifier = dense(10)`. */
  protected labelWithEquals(): void {
    const isStep = this.isAt(Identifier, 3) || this.isAt(LBrace, 3);
    if (this.isAt(Identifier) && this.isAt(Assign, 2) && isStep) this.mistakenSign(':', 'a label', 2);
  }

  /** `network A ( input … )`: the steps stand in parentheses. */
  protected stepsInParentheses(): boolean {
    if (this.RECORDING_PHASE || !this.isAt(Input, 2) || !this.isAt(AnyName, 3) || this.isAt(Assign, 3)) return false;
    this.unexpected('LBrace', [...this.openRules().slice(0, -1), 'body']);
    this.SKIP_TOKEN();
    return true;
  }

  /** `input left, right: …`, `input image` at the end of a line. True when there is no type to be read. */
  protected inputWithoutType(): boolean {
    if (this.RECORDING_PHASE || this.isAt(Colon)) return false;
    if (this.isAt(Comma)) {
      this.unexpected('Colon');
      while (this.isAt(Comma) && this.isAt(AnyName, 2)) {
        this.SKIP_TOKEN();
        this.SKIP_TOKEN();
      }
      return false;
    }
    this.mistakenSign(':', 'the type of an input');
    if (this.isAt(Colon) || !this.beginsLine(1)) return false;
    this.unexpected('Colon');
    return true;
  }

  /** `import "./blocks.nrm"`: there are no names to be read. */
  protected lacksNames(): boolean {
    if (this.RECORDING_PHASE || !this.isFileOnly()) return false;
    this.unexpected('LBrace');
    return true;
  }

  protected isFileOnly(): boolean {
    return !this.RECORDING_PHASE && this.isAt(Import, 0) && this.isAt(StringLiteral);
  }

  /** `import Residual, Gate from "…"`: the names are read, so that they are known. */
  protected lacksBraces(parse: () => void): boolean {
    const isName = (): boolean => this.isAt(AnyName) && !this.isAt(From);
    if (this.RECORDING_PHASE || !isName()) return false;
    this.unexpected('LBrace');
    for (let before = null as unknown; isName() && before !== this.LA(1); ) {
      before = this.LA(1);
      parse();
      // The other name of `Residual as R` is known from here on too.
      while (this.isAt(Comma) || this.isAt(As)) this.SKIP_TOKEN();
    }
    return true;
  }

  /** `policy Careful: Base { … }`, `policy Careful extend Base { … }`. */
  protected extendsInOtherWords(): void {
    const isOther = this.isAt(Colon) || (this.isAt(Identifier) && !this.isAt(Extends));
    if (!isOther || !this.isAt(Identifier, 2) || !(this.isAt(LBrace, 3) || this.isAt(LParen, 3))) return;
    this.unexpected('LBrace', [...this.openRules(), 'policyBody']);
    this.replace(1, Extends);
  }

  /** `extern gate(…)`: read as a layer. */
  protected lacksKind(): boolean {
    if (this.RECORDING_PHASE || this.isAt(Layer) || this.isAt(Loss)) return false;
    if (!this.isAt(AnyName) || !this.isAt(LParen, 2)) return false;
    this.unexpected('choice');
    return true;
  }

  /** `classes: int = 10`. */
  protected typedParameter(): void {
    if (!this.isAt(Colon) || !this.isAt(AnyName, 2) || !this.isAt(Assign, 3)) return;
    this.unexpected('RParen', [...this.openRules().slice(0, -1)]);
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
  }

  // ── policies and settings ──────────────────────────────────────────────────────────────────────────────────────────

  /** `norm batch`, `norm(batch)`: a filling that lacks its colon. */
  protected isFillingWithoutColon(): boolean {
    if (this.RECORDING_PHASE || !this.isAt(AnyName)) return false;
    if (this.isAt(LParen, 2)) return true;
    if (!this.isAt(AnyName, 2) || this.beginsLine(2)) return false;
    // On the next line a filling begins; anything else could go on with the selector that this may be.
    const isFilling = this.isAt(AnyName, 3) && (this.isAt(Colon, 4) || (this.isAt(Question, 4) && this.isAt(Colon, 5)));
    return this.isAt(LParen, 3) || this.isAt(RBrace, 3) || (this.beginsLine(3) && isFilling);
  }

  /** A key that is not followed by its colon but by something that is skipped: a call, a group, the rest of `a.b` or `a-b`. */
  protected keyWithoutColon(): void {
    const isGroup =
      this.isAt(LParen) ||
      (this.isAt(LBrace) && !(this.isAt(AnyName, 2) && this.isAt(Colon, 3)) && !this.isAt(RBrace, 2));
    const isLonger = (this.isAt(Dot) || this.isAt(Minus)) && this.isAt(AnyName, 2) && this.endOfKey() > 0;
    // `over LeNet.width: …` without the braces.
    const isAxis = this.LA(0).image === 'over' && this.isKeyAt(1);
    if (!isGroup && !isLonger && !isAxis) return;
    this.unexpected('Colon');
    if (isAxis) this.SKIP_TOKEN();
    if (isGroup) this.SKIP_TOKEN();
    else for (let left = this.endOfKey(); left > 0; left--) this.SKIP_TOKEN();
  }

  /** How many tokens the rest of `.b.c` or `-b-c` has before its colon; 0 when there is no colon. */
  private endOfKey(): number {
    let ahead = 1;
    while ((this.isAt(Dot, ahead) || this.isAt(Minus, ahead)) && this.isAt(AnyName, ahead + 1)) ahead += 2;
    return this.isAt(Colon, ahead) ? ahead - 1 : 0;
  }

  /** `- epochs: 5`: a dash that begins an item of a list in other languages. */
  protected isDash(): boolean {
    return !this.RECORDING_PHASE && this.isAt(Minus) && this.isAt(AnyName, 2) && this.isAt(Colon, 3);
  }

  /** `policy.norm in […]`. */
  protected axisWithIn(): void {
    if (!this.isAt(In) || !this.isAt(LBracket, 2)) return;
    this.unexpected('Colon');
    this.replace(1, Colon);
  }

  /** `fields { … }`, and what is meant so: `fields: { … }`, `fields( … )`. */
  protected isGroup(): boolean {
    return this.isAt(LBrace, 2) || this.isAt(LParen, 2) || (this.isAt(Colon, 2) && this.isAt(LBrace, 3));
  }

  /** `metrics: accuracy, loss`: the items of a list without its brackets. */
  protected bareList(): void {
    if (!this.isAt(Comma) || !startsOperand(this.LA(2)) || this.isKeyAt(2)) return;
    this.unexpected('RBrace', this.rulesOfGroup());
    while (this.isAt(Comma) && startsOperand(this.LA(2)) && !this.isKeyAt(2)) {
      this.SKIP_TOKEN();
      this.SKIP_TOKEN();
      if (this.isAt(LParen)) this.SKIP_TOKEN();
    }
  }
}
