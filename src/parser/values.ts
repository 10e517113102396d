/**
 * The part of the grammar that all declarations share: settings, expressions, types. `grammar.ts` says what they stand in.
 */
import type { TokenType } from 'chevrotain';
import { HabitParser } from './habits.ts';
import type { GrammarRule } from './recovery.ts';
import * as t from './tokens.ts';

export abstract class ValueGrammar extends HabitParser {
  // ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly settings: GrammarRule = this.RULE('settings', () => this.braced(this.setting));

  readonly setting: GrammarRule = this.RULE('setting', () => {
    this.CONSUME(t.AnyName);
    this.lenient(() => this.mistakenSign(':', 'a setting'));
    this.lenient(() => this.keyWithoutColon());
    this.CONSUME(t.Colon);
    if (!this.lacksValue()) this.SUBRULE(this.value);
    this.lenient(() => this.bareList());
    this.lenient(() => this.separators('settings', [t.Comma, t.Semicolon]));
  });

  readonly value: GrammarRule = this.RULE('value', () => {
    this.lenient(() => this.strayBeforeValue());
    this.OR([{ ALT: () => this.SUBRULE(this.settings) }, { ALT: () => this.SUBRULE(this.expression) }]);
  });

  readonly dotted: GrammarRule = this.RULE('dotted', () => {
    this.CONSUME(t.AnyName);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.CONSUME1(t.AnyName);
    });
  });

  // ── expressions ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Flat: precedence is the tree builder's (`precedence.ts`), which keeps the stack short. */
  readonly expression: GrammarRule = this.RULE('expression', () => {
    this.SUBRULE(this.operand);
    this.MANY({
      // In `clip: x  and: 3` the `and` is the next key.
      GATE: () => (this.isHead || !this.isAt(t.Colon, 2)) && !this.isDash(),
      DEF: () => {
        this.CONSUME(t.BinaryOperator);
        this.SUBRULE1(this.operand);
      },
    });
  });

  readonly operand: GrammarRule = this.RULE('operand', () => {
    // A key or argument may be called `not`, a value may not.
    this.MANY(() =>
      this.OR([
        { ALT: () => this.CONSUME(t.Minus, { LABEL: 'prefix' }) },
        { ALT: () => this.CONSUME(t.Not, { LABEL: 'prefix' }) },
      ]),
    );
    this.SUBRULE(this.primary);
    this.lenient(() => this.arrowForAtLeast());
  });

  readonly primary: GrammarRule = this.RULE('primary', () => {
    this.lenient(() => this.strayBeforeValue());
    this.OR([
      { ALT: () => this.CONSUME(t.NumberLiteral) },
      { ALT: () => this.CONSUME(t.StringLiteral) },
      { ALT: () => this.CONSUME(t.True), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.CONSUME(t.False), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.group) },
      // `rate:  epochs: 5`: a name before a colon is the next key.
      { GATE: () => this.isHead || !this.isAt(t.Colon, 2), ALT: () => this.SUBRULE(this.reference) },
    ]);
  });

  /** `relu`, `batch(momentum: 0.9)`, `policy.norm` */
  readonly reference: GrammarRule = this.RULE('reference', () => {
    this.CONSUME(t.AnyName);
    this.OPTION(() =>
      this.OR([{ ALT: () => this.SUBRULE(this.arguments) }, { ALT: () => this.SUBRULE(this.members) }]),
    );
  });

  readonly members: GrammarRule = this.RULE('members', () => {
    this.AT_LEAST_ONE(() => {
      this.CONSUME(t.Dot);
      this.CONSUME(t.AnyName);
    });
  });

  readonly group: GrammarRule = this.RULE('group', () => {
    this.CONSUME(t.LParen);
    this.SUBRULE(this.expression);
    this.end(t.RParen);
  });

  readonly list: GrammarRule = this.RULE('list', () => {
    this.CONSUME(t.LBracket);
    this.OPTION(() => this.separated(this.expression, t.RBracket));
    this.end(t.RBracket);
  });

  readonly arguments: GrammarRule = this.RULE('arguments', () => {
    this.CONSUME(t.LParen);
    this.OPTION(() => this.separated(this.argument, t.RParen));
    this.end(t.RParen);
  });

  readonly argument: GrammarRule = this.RULE('argument', () => {
    this.lenient(() => this.mistakenSign(':', 'an argument with a name', 2));
    this.OPTION({ MAX_LOOKAHEAD: 2, DEF: () => this.SUBRULE(this.argumentName) });
    this.SUBRULE(this.expression);
  });

  readonly argumentName: GrammarRule = this.RULE('argumentName', () => {
    this.CONSUME(t.AnyName);
    this.CONSUME(t.Colon);
  });

  // ── types ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly type: GrammarRule = this.RULE('type', () => {
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.dimensions);
  });

  readonly dimensions: GrammarRule = this.RULE('dimensions', () => {
    this.CONSUME(t.LBracket);
    this.OPTION(() => this.separated(this.dimension, t.RBracket));
    this.end(t.RBracket);
  });

  readonly dimension: GrammarRule = this.RULE('dimension', () => {
    this.OR([{ ALT: () => this.SUBRULE(this.rest) }, { ALT: () => this.SUBRULE(this.expression) }]);
  });

  readonly rest: GrammarRule = this.RULE('rest', () => {
    this.CONSUME(t.Ellipsis);
    this.CONSUME(t.AnyName);
  });

  // ── parts of rules, once in a rule each ────────────────────────────────────────────────────────────────────────────

  protected begin(): void {
    this.lenient(() => this.opening());
    this.CONSUME(t.LBrace);
  }

  protected end(closer: TokenType): void {
    this.lenient(() => this.closing(closer));
    this.CONSUME(closer);
  }

  /** Items between commas; a last comma may stand before the closer. */
  protected separated(item: GrammarRule, closer: TokenType, names = false): void {
    this.SUBRULE(item);
    this.lenient(() => this.missingCommas(item, 0, names));
    this.MANY({
      GATE: () => !this.isAt(closer, 2),
      DEF: () => {
        this.CONSUME(t.Comma);
        this.SUBRULE1(item);
        this.lenient(() => this.missingCommas(item, 1, names));
      },
    });
    this.OPTION9(() => this.CONSUME1(t.Comma));
  }

  /** Items in braces, without separators. */
  protected braced(item: GrammarRule): void {
    this.begin();
    this.MANY(() => this.SUBRULE(item));
    this.lenient(() =>
      this.goOn(
        [t.RBrace],
        () => this.isAtItem(),
        () => this.SUBRULE(item),
      ),
    );
    this.CONSUME(t.RBrace);
  }
}
