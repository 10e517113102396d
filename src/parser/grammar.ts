/**
 * The grammar, from which `grammar/nrm.ebnf` and the railroad page are generated.
 *
 * Settings and steps have no separators: an item ends where the next begins. That works because no value can be continued by a
 * name, a label or a brace: operators stand between operands, a list after a name is not indexing, and records are values of
 * settings only, never conditions or counts.
 *
 * What stands in `lenient(…)` accepts a common mistake and notes it. It is no part of the recorded grammar. The rules that
 * it calls carry the same index as in the grammar, because recovery looks them up by it.
 */
import type { IParserConfig, TokenType } from 'chevrotain';
import { LenientParser } from './lenient.ts';
import type { GrammarRule } from './recovery.ts';
import * as t from './tokens.ts';

const stepStarts: readonly TokenType[] = [t.Input, t.Output, t.LBrace, t.JoinKind, t.Repeat, t.For, t.If, t.From, t.Again, t.Identity, t.Identifier];

export class NrmParser extends LenientParser {
  constructor(config: IParserConfig = {}) {
    super({ maxLookahead: 1, ...config });
    this.performSelfAnalysis();
  }

  // ── files and declarations ─────────────────────────────────────────────────────────────────────────────────────────

  readonly file: GrammarRule = this.RULE('file', () => {
    this.OPTION(() => this.SUBRULE(this.edition));
    this.MANY(() => this.SUBRULE(this.declaration));
  });

  readonly edition: GrammarRule = this.RULE('edition', () => {
    this.CONSUME(t.Nrm);
    this.CONSUME(t.NumberLiteral);
  });

  readonly declaration: GrammarRule = this.RULE('declaration', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.importDeclaration) },
      { ALT: () => this.SUBRULE(this.networkDeclaration) },
      { ALT: () => this.SUBRULE(this.blockDeclaration) },
      { ALT: () => this.SUBRULE(this.policyDeclaration) },
      { ALT: () => this.SUBRULE(this.dataDeclaration) },
      { ALT: () => this.SUBRULE(this.trainDeclaration) },
      { ALT: () => this.SUBRULE(this.sweepDeclaration) },
      { ALT: () => this.SUBRULE(this.searchDeclaration) },
      { ALT: () => this.SUBRULE(this.externDeclaration) },
      { ALT: () => this.SUBRULE(this.lossDeclaration) },
    ]);
  });

  readonly importDeclaration: GrammarRule = this.RULE('importDeclaration', () => {
    this.CONSUME(t.Import);
    this.SUBRULE(this.importNames);
    this.CONSUME(t.From);
    this.CONSUME(t.StringLiteral);
  });

  readonly importNames: GrammarRule = this.RULE('importNames', () => {
    this.opening(t.LBrace);
    this.CONSUME(t.LBrace);
    this.separated(this.declaredName, t.RBrace);
    this.end(t.RBrace);
  });

  readonly networkDeclaration: GrammarRule = this.RULE('networkDeclaration', () => {
    this.CONSUME(t.Network);
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.OPTION1(() => {
      this.CONSUME(t.With);
      this.SUBRULE(this.policyReference);
    });
    this.SUBRULE(this.body);
  });

  readonly blockDeclaration: GrammarRule = this.RULE('blockDeclaration', () => {
    this.CONSUME(t.Block);
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.SUBRULE(this.body);
  });

  readonly policyDeclaration: GrammarRule = this.RULE('policyDeclaration', () => {
    this.CONSUME(t.Policy);
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.OPTION1(() => {
      this.CONSUME(t.Extends);
      this.SUBRULE(this.policyReference);
    });
    this.SUBRULE(this.policyBody);
  });

  readonly dataDeclaration: GrammarRule = this.RULE('dataDeclaration', () => {
    this.CONSUME(t.Data);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.dataBody);
  });

  readonly trainDeclaration: GrammarRule = this.RULE('trainDeclaration', () => {
    this.CONSUME(t.Train);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.settings);
  });

  readonly sweepDeclaration: GrammarRule = this.RULE('sweepDeclaration', () => {
    this.CONSUME(t.Sweep);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.studyBody);
  });

  readonly searchDeclaration: GrammarRule = this.RULE('searchDeclaration', () => {
    this.CONSUME(t.Search);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.studyBody);
  });

  readonly externDeclaration: GrammarRule = this.RULE('externDeclaration', () => {
    this.CONSUME(t.Extern);
    this.OR([{ ALT: () => this.CONSUME(t.Layer) }, { ALT: () => this.CONSUME(t.Loss) }]);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.externParameters);
    this.OPTION(() => {
      this.CONSUME(t.Arrow);
      this.SUBRULE(this.type);
    });
    this.CONSUME(t.From);
    this.CONSUME(t.StringLiteral);
  });

  readonly lossDeclaration: GrammarRule = this.RULE('lossDeclaration', () => {
    this.CONSUME(t.Loss);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.parameters);
    this.SUBRULE(this.assign);
    this.SUBRULE(this.expression);
  });

  /** Any name but a reserved word. */
  readonly declaredName: GrammarRule = this.RULE('declaredName', () => {
    if (this.isReserved(1)) this.reservedName(1);
    else this.CONSUME(t.Identifier);
  });

  readonly policyReference: GrammarRule = this.RULE('policyReference', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => this.SUBRULE(this.arguments));
  });

  readonly parameters: GrammarRule = this.RULE('parameters', () => {
    this.CONSUME(t.LParen);
    this.OPTION(() => this.separated(this.parameter, t.RParen));
    this.end(t.RParen);
  });

  readonly parameter: GrammarRule = this.RULE('parameter', () => {
    this.CONSUME(t.AnyName);
    this.lenient(() => this.mistakenSign(t.Colon, t.Assign, 'the default of a parameter'));
    this.OPTION(() => {
      this.SUBRULE(this.assign);
      this.SUBRULE(this.expression);
    });
  });

  readonly externParameters: GrammarRule = this.RULE('externParameters', () => {
    this.CONSUME(t.LParen);
    this.OPTION(() => this.separated(this.externParameter, t.RParen));
    this.end(t.RParen);
  });

  readonly externParameter: GrammarRule = this.RULE('externParameter', () => {
    this.CONSUME(t.AnyName);
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Colon);
            this.SUBRULE(this.type);
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.assign);
            this.SUBRULE(this.expression);
          },
        },
      ]);
    });
  });

  readonly assign: GrammarRule = this.RULE('assign', () => {
    this.CONSUME(t.Assign);
  });

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
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Ellipsis);
          this.CONSUME(t.AnyName);
        },
      },
      { ALT: () => this.SUBRULE(this.expression) },
    ]);
  });

  // ── bodies of networks and blocks ──────────────────────────────────────────────────────────────────────────────────

  readonly body: GrammarRule = this.RULE('body', () => {
    this.opening(t.LBrace);
    this.CONSUME(t.LBrace);
    this.SUBRULE(this.items);
    this.end(t.RBrace);
  });

  readonly items: GrammarRule = this.RULE('items', () => {
    this.MANY(() => this.SUBRULE(this.item));
    this.lenient(() => this.goOn('items', 'a step', [t.Bar, t.RBrace], () => this.isAtStep(), () => this.SUBRULE(this.item)));
  });

  readonly item: GrammarRule = this.RULE('item', () => {
    if (this.isReservedLabel()) this.SUBRULE(this.step);
    else {
      this.OR([
        { ALT: () => this.SUBRULE(this.input) },
        { ALT: () => this.SUBRULE(this.output) },
        { ALT: () => this.SUBRULE(this.step) },
      ]);
    }
    this.lenient(() => this.separators('steps', [t.Comma, t.Semicolon, t.Arrow]));
  });

  readonly input: GrammarRule = this.RULE('input', () => {
    this.CONSUME(t.Input);
    this.CONSUME(t.AnyName);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
  });

  readonly output: GrammarRule = this.RULE('output', () => {
    this.CONSUME(t.Output);
    this.SUBRULE(this.label);
    this.SUBRULE(this.core);
    this.OPTION(() => this.SUBRULE(this.as));
  });

  readonly step: GrammarRule = this.RULE('step', () => {
    if (this.isReservedLabel()) this.SUBRULE(this.label);
    else this.OPTION({ MAX_LOOKAHEAD: 2, DEF: () => this.SUBRULE(this.label) });
    this.SUBRULE(this.core);
    this.OPTION1(() => this.SUBRULE(this.as));
  });

  readonly label: GrammarRule = this.RULE('label', () => {
    if (this.isReserved(1)) this.reservedName(1, 'label');
    else this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
  });

  readonly as: GrammarRule = this.RULE('as', () => {
    this.CONSUME(t.As);
    if (this.isReserved(1)) this.reservedName(1, 'value');
    else this.CONSUME(t.Identifier);
  });

  readonly core: GrammarRule = this.RULE('core', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.body) },
      { ALT: () => this.SUBRULE(this.join) },
      { ALT: () => this.SUBRULE(this.repeat) },
      { ALT: () => this.SUBRULE(this.for) },
      { ALT: () => this.SUBRULE(this.if) },
      { ALT: () => this.SUBRULE(this.from) },
      { ALT: () => this.SUBRULE(this.again) },
      { ALT: () => this.CONSUME(t.Identity) },
      { ALT: () => this.SUBRULE(this.call) },
    ]);
  });

  readonly call: GrammarRule = this.RULE('call', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => this.SUBRULE(this.arguments));
  });

  readonly join: GrammarRule = this.RULE('join', () => {
    this.CONSUME(t.JoinKind);
    this.SUBRULE(this.paths);
  });

  readonly paths: GrammarRule = this.RULE('paths', () => {
    this.opening(t.LBrace);
    this.CONSUME(t.LBrace);
    if (this.beginsPaths()) this.AT_LEAST_ONE(() => this.SUBRULE(this.path));
    this.end(t.RBrace);
  });

  readonly path: GrammarRule = this.RULE('path', () => {
    if (this.isUndrawn()) this.undrawnPath();
    else this.CONSUME(t.Bar);
    this.SUBRULE(this.items);
  });

  readonly repeat: GrammarRule = this.RULE('repeat', () => {
    this.CONSUME(t.Repeat);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.body);
  });

  readonly for: GrammarRule = this.RULE('for', () => {
    this.CONSUME(t.For);
    this.OR([{ ALT: () => this.CONSUME(t.AnyName) }, { ALT: () => this.SUBRULE(this.forNames) }]);
    this.CONSUME(t.In);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.body);
  });

  readonly forNames: GrammarRule = this.RULE('forNames', () => {
    this.CONSUME(t.LBracket);
    this.separated(this.forName, t.RBracket);
    this.end(t.RBracket);
  });

  readonly forName: GrammarRule = this.RULE('forName', () => {
    this.CONSUME(t.AnyName);
  });

  readonly if: GrammarRule = this.RULE('if', () => {
    this.CONSUME(t.If);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.body);
    this.MANY({
      MAX_LOOKAHEAD: 2,
      DEF: () => this.SUBRULE(this.elseIf),
    });
    this.OPTION(() => {
      this.CONSUME(t.Else);
      this.SUBRULE1(this.body);
    });
  });

  readonly elseIf: GrammarRule = this.RULE('elseIf', () => {
    this.CONSUME(t.Else);
    this.CONSUME(t.If);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.body);
  });

  readonly from: GrammarRule = this.RULE('from', () => {
    this.CONSUME(t.From);
    this.CONSUME(t.AnyName);
  });

  readonly again: GrammarRule = this.RULE('again', () => {
    this.CONSUME(t.Again);
    this.CONSUME(t.Identifier);
  });

  // ── policies ───────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly policyBody: GrammarRule = this.RULE('policyBody', () => {
    this.braced(this.policyItem, 'policyBody', 'a rule');
  });

  readonly policyItem: GrammarRule = this.RULE('policyItem', () => {
    this.OR({
      MAX_LOOKAHEAD: 3,
      DEF: [
        { ALT: () => this.SUBRULE(this.filling), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.rule) },
      ],
    });
    this.lenient(() => this.separators('rules', [t.Comma, t.Semicolon]));
  });

  readonly filling: GrammarRule = this.RULE('filling', () => {
    this.CONSUME(t.AnyName);
    this.OPTION(() => this.CONSUME(t.Question));
    this.CONSUME(t.Colon);
    if (!this.lacksValue()) this.SUBRULE(this.value);
  });

  readonly rule: GrammarRule = this.RULE('rule', () => {
    this.SUBRULE(this.selector);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE1(this.selector);
    });
    this.SUBRULE(this.settings);
  });

  readonly selector: GrammarRule = this.RULE('selector', () => {
    this.AT_LEAST_ONE(() => this.SUBRULE(this.selectorPart));
  });

  readonly selectorPart: GrammarRule = this.RULE('selectorPart', () => {
    this.CONSUME(t.AnyName);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.CONSUME1(t.AnyName);
    });
    this.MANY1(() => this.SUBRULE(this.bracket));
    this.OPTION(() => this.CONSUME(t.Question));
  });

  readonly bracket: GrammarRule = this.RULE('bracket', () => {
    this.CONSUME(t.LBracket);
    this.SUBRULE(this.condition);
    this.end(t.RBracket);
  });

  readonly condition: GrammarRule = this.RULE('condition', () => {
    this.lenient(() => this.keyInCondition());
    this.OR({
      MAX_LOOKAHEAD: 2,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.AnyName);
            this.CONSUME(t.Colon);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.CONSUME(t.First) },
        { ALT: () => this.CONSUME(t.Last) },
        {
          ALT: () => {
            this.CONSUME(t.Not);
            this.SUBRULE(this.selector);
          },
        },
        { ALT: () => this.CONSUME(t.NumberLiteral) },
      ],
    });
  });

  // ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly settings: GrammarRule = this.RULE('settings', () => {
    this.braced(this.setting, 'settings', 'a setting');
  });

  readonly setting: GrammarRule = this.RULE('setting', () => {
    this.CONSUME(t.AnyName);
    this.lenient(() => this.mistakenSign(t.Assign, t.Colon, 'a setting'));
    this.CONSUME(t.Colon);
    if (!this.lacksValue()) this.SUBRULE(this.value);
    this.lenient(() => this.separators('settings', [t.Comma, t.Semicolon]));
  });

  readonly value: GrammarRule = this.RULE('value', () => {
    this.OR([{ ALT: () => this.SUBRULE(this.settings) }, { ALT: () => this.SUBRULE(this.expression) }]);
  });

  readonly dataBody: GrammarRule = this.RULE('dataBody', () => {
    this.braced(this.dataItem, 'dataBody', 'a setting');
  });

  readonly dataItem: GrammarRule = this.RULE('dataItem', () => {
    this.OR({
      MAX_LOOKAHEAD: 2,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Fields);
            this.SUBRULE(this.fields);
          },
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => this.SUBRULE(this.setting) },
      ],
    });
  });

  readonly fields: GrammarRule = this.RULE('fields', () => {
    this.braced(this.field, 'fields', 'a field');
  });

  readonly field: GrammarRule = this.RULE('field', () => {
    this.CONSUME(t.AnyName);
    this.lenient(() => this.mistakenSign(t.Assign, t.Colon, 'a field'));
    this.CONSUME(t.Colon);
    if (!this.lacksValue()) this.SUBRULE(this.fieldType);
    this.lenient(() => this.separators('fields', [t.Comma, t.Semicolon]));
  });

  readonly fieldType: GrammarRule = this.RULE('fieldType', () => {
    this.OR({
      MAX_LOOKAHEAD: 2,
      DEF: [
        {
          ALT: () => {
            this.SUBRULE(this.type);
            this.OPTION(() => {
              this.SUBRULE(this.assign);
              this.SUBRULE(this.expression);
            });
          },
        },
        { ALT: () => this.SUBRULE1(this.expression) },
      ],
    });
  });

  readonly studyBody: GrammarRule = this.RULE('studyBody', () => {
    this.braced(this.studyItem, 'studyBody', 'a setting');
  });

  readonly studyItem: GrammarRule = this.RULE('studyItem', () => {
    this.OR({
      MAX_LOOKAHEAD: 2,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Over);
            this.SUBRULE(this.axes);
          },
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => this.SUBRULE(this.setting) },
      ],
    });
  });

  readonly axes: GrammarRule = this.RULE('axes', () => {
    this.braced(this.axis, 'axes', 'an axis');
  });

  readonly axis: GrammarRule = this.RULE('axis', () => {
    this.CONSUME(t.AnyName);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.CONSUME1(t.AnyName);
    });
    this.lenient(() => this.mistakenSign(t.Assign, t.Colon, 'an axis'));
    this.CONSUME(t.Colon);
    if (!this.lacksValue()) this.SUBRULE(this.value);
    this.lenient(() => this.separators('axes', [t.Comma, t.Semicolon]));
  });

  // ── expressions ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Flat: precedence is the tree builder's (`expressions.ts`), which keeps the stack short. */
  readonly expression: GrammarRule = this.RULE('expression', () => {
    this.SUBRULE(this.operand);
    this.MANY({
      // In `clip: x  and: 3` the second `and` is the next key.
      GATE: () => !this.isAt(t.Colon, 2),
      DEF: () => {
        this.CONSUME(t.BinaryOperator);
        this.SUBRULE1(this.operand);
      },
    });
  });

  readonly operand: GrammarRule = this.RULE('operand', () => {
    this.MANY(() => this.SUBRULE(this.prefix));
    this.SUBRULE(this.primary);
  });

  readonly prefix: GrammarRule = this.RULE('prefix', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(t.Not) }]);
  });

  readonly primary: GrammarRule = this.RULE('primary', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.NumberLiteral) },
      { ALT: () => this.CONSUME(t.StringLiteral) },
      { ALT: () => this.CONSUME(t.True), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.CONSUME(t.False), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.reference) },
    ]);
  });

  /** `relu`, `batch(momentum: 0.9)`, `policy.norm` */
  readonly reference: GrammarRule = this.RULE('reference', () => {
    this.CONSUME(t.AnyName);
    this.OR([
      { ALT: () => this.SUBRULE(this.arguments) },
      {
        ALT: () =>
          this.MANY(() => {
            this.CONSUME(t.Dot);
            this.CONSUME1(t.AnyName);
          }),
      },
    ]);
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
    this.OPTION({ MAX_LOOKAHEAD: 2, DEF: () => this.SUBRULE(this.argumentName) });
    this.SUBRULE(this.expression);
  });

  readonly argumentName: GrammarRule = this.RULE('argumentName', () => {
    this.CONSUME(t.AnyName);
    this.CONSUME(t.Colon);
  });
}
