/**
 * The grammar, from which `grammar/nrm.ebnf` and the railroad page are generated.
 *
 * Settings and steps have no separators: an item ends where the next begins. That works because no value can be continued by a
 * name, a label or a brace: operators stand between operands, a list after a name is not indexing, and records are values of
 * settings only, never conditions or counts.
 *
 * Calls of `lenient.ts` and `habits.ts` accept common mistakes and note them; they are no part of the grammar that Chevrotain
 * records. The rules that they call carry the same index as in the grammar, because recovery looks them up by it.
 * Each place where reading can fail has its message in `sites/`; the build fails when one lacks it.
 */
import type { IParserConfig } from 'chevrotain';
import type { GrammarRule } from './recovery.ts';
import * as t from './tokens.ts';
import { ValueGrammar } from './values.ts';

export class NrmParser extends ValueGrammar {
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
      { ALT: () => this.SUBRULE(this.import) },
      { ALT: () => this.SUBRULE(this.network) },
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.policy) },
      { ALT: () => this.SUBRULE(this.data) },
      { ALT: () => this.SUBRULE(this.train) },
      { ALT: () => this.SUBRULE(this.sweep) },
      { ALT: () => this.SUBRULE(this.search) },
      { ALT: () => this.SUBRULE(this.extern) },
      { ALT: () => this.SUBRULE(this.loss) },
    ]);
  });

  readonly import: GrammarRule = this.RULE('import', () => {
    this.CONSUME(t.Import);
    this.SUBRULE(this.importNames);
    if (!this.isFileOnly()) this.CONSUME(t.From);
    this.CONSUME(t.StringLiteral);
  });

  readonly importNames: GrammarRule = this.RULE('importNames', () => {
    if (this.lacksNames() || this.lacksBraces(() => this.SUBRULE(this.declaredName))) return;
    this.begin();
    this.separated(this.declaredName, t.RBrace, true);
    this.end(t.RBrace);
  });

  readonly network: GrammarRule = this.RULE('network', () => {
    this.CONSUME(t.Network);
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.OPTION1(() => {
      this.CONSUME(t.With);
      this.SUBRULE(this.policyReference);
    });
    this.SUBRULE(this.body);
  });

  readonly block: GrammarRule = this.RULE('block', () => {
    this.CONSUME(t.Block);
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.SUBRULE(this.body);
  });

  readonly policy: GrammarRule = this.RULE('policy', () => {
    this.CONSUME(t.Policy);
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.lenient(() => this.extendsInOtherWords());
    this.OPTION1(() => {
      this.CONSUME(t.Extends);
      this.SUBRULE(this.policyReference);
    });
    this.SUBRULE(this.policyBody);
  });

  readonly data: GrammarRule = this.RULE('data', () => {
    this.CONSUME(t.Data);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.dataBody);
  });

  readonly train: GrammarRule = this.RULE('train', () => {
    this.CONSUME(t.Train);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.settings);
  });

  readonly sweep: GrammarRule = this.RULE('sweep', () => {
    this.CONSUME(t.Sweep);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.studyBody);
  });

  readonly search: GrammarRule = this.RULE('search', () => {
    this.CONSUME(t.Search);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.studyBody);
  });

  readonly extern: GrammarRule = this.RULE('extern', () => {
    this.CONSUME(t.Extern);
    if (!this.lacksKind()) this.OR([{ ALT: () => this.CONSUME(t.Layer) }, { ALT: () => this.CONSUME(t.Loss) }]);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.externParameters);
    this.OPTION(() => {
      this.CONSUME(t.Arrow);
      this.SUBRULE(this.type);
    });
    this.CONSUME(t.From);
    this.CONSUME(t.StringLiteral);
  });

  readonly loss: GrammarRule = this.RULE('loss', () => {
    this.CONSUME(t.Loss);
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.parameters);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expression);
  });

  /** Any name but a reserved word. */
  readonly declaredName: GrammarRule = this.RULE('declaredName', () => {
    if (!this.isReserved()) this.CONSUME(t.Identifier);
    else this.reservedName('the name of a declaration');
  });

  readonly policyReference: GrammarRule = this.RULE('policyReference', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => this.SUBRULE(this.arguments));
  });

  readonly parameters: GrammarRule = this.RULE('parameters', () => {
    if (this.stepsInParentheses()) return;
    this.CONSUME(t.LParen);
    this.OPTION(() => this.separated(this.parameter, t.RParen, true));
    this.end(t.RParen);
  });

  readonly parameter: GrammarRule = this.RULE('parameter', () => {
    this.CONSUME(t.AnyName);
    this.lenient(() => this.typedParameter());
    this.lenient(() => this.mistakenSign('=', 'the default of a parameter'));
    this.OPTION(() => this.SUBRULE(this.default));
  });

  readonly default: GrammarRule = this.RULE('default', () => {
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expression);
  });

  readonly externParameters: GrammarRule = this.RULE('externParameters', () => {
    this.CONSUME(t.LParen);
    this.OPTION(() => this.separated(this.externParameter, t.RParen, true));
    this.end(t.RParen);
  });

  readonly externParameter: GrammarRule = this.RULE('externParameter', () => {
    this.CONSUME(t.AnyName);
    this.OPTION(() =>
      this.OR([{ ALT: () => this.SUBRULE(this.annotation) }, { ALT: () => this.SUBRULE(this.default) }]),
    );
  });

  readonly annotation: GrammarRule = this.RULE('annotation', () => {
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
  });

  // ── bodies of networks and blocks ──────────────────────────────────────────────────────────────────────────────────

  readonly body: GrammarRule = this.RULE('body', () => {
    this.begin();
    this.SUBRULE(this.items);
    this.lenient(() => this.strayBars(() => this.SUBRULE(this.items)));
    this.end(t.RBrace);
  });

  readonly items: GrammarRule = this.RULE('items', () => {
    this.MANY(() => this.SUBRULE(this.item));
    this.lenient(() => this.goOn([t.Bar, t.RBrace], this.isAtStep, () => this.SUBRULE(this.item)));
  });

  readonly item: GrammarRule = this.RULE('item', () => {
    if (this.importInside() || this.returned()) return;
    this.lenient(() => this.wordMisspelt());
    if (this.isReservedLabel()) this.SUBRULE(this.step);
    else {
      this.OR([
        { ALT: () => this.SUBRULE(this.inputItem) },
        { ALT: () => this.SUBRULE(this.outputItem) },
        { ALT: () => this.SUBRULE(this.step) },
      ]);
    }
    this.lenient(() => this.separators('steps', [t.Comma, t.Semicolon, t.Arrow]));
  });

  readonly inputItem: GrammarRule = this.RULE('inputItem', () => {
    this.CONSUME(t.Input);
    this.CONSUME(t.AnyName);
    if (this.inputWithoutType()) return;
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
  });

  readonly outputItem: GrammarRule = this.RULE('outputItem', () => {
    this.CONSUME(t.Output);
    this.SUBRULE(this.label);
    this.SUBRULE(this.core);
    this.OPTION(() => this.SUBRULE(this.as));
  });

  readonly step: GrammarRule = this.RULE('step', () => {
    if (this.isReservedLabel()) this.SUBRULE(this.label);
    else {
      this.lenient(() => this.labelWithEquals());
      this.OPTION({ MAX_LOOKAHEAD: 2, DEF: () => this.SUBRULE(this.label) });
    }
    if (!this.strayStage(this.isAt(t.Colon, 0))) this.SUBRULE(this.core);
    this.OPTION1(() => this.SUBRULE(this.as));
  });

  readonly label: GrammarRule = this.RULE('label', () => {
    if (this.isReserved()) this.reservedName('a label');
    else this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
  });

  readonly as: GrammarRule = this.RULE('as', () => {
    this.CONSUME(t.As);
    if (this.isReserved()) this.reservedName('the name of a value');
    else this.CONSUME(t.Identifier);
  });

  readonly core: GrammarRule = this.RULE('core', () => {
    this.lenient(() => this.joinOfAnotherName());
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
    this.lenient(() => this.pathsWithoutBraces());
    this.begin();
    this.lenient(() => this.undrawnPath(this.isAtStep, () => this.SUBRULE(this.path)));
    if (this.RECORDING_PHASE || this.isAt(t.Bar)) this.AT_LEAST_ONE(() => this.SUBRULE(this.path));
    this.end(t.RBrace);
  });

  readonly path: GrammarRule = this.RULE('path', () => {
    if (this.RECORDING_PHASE || this.isAt(t.Bar)) this.CONSUME(t.Bar);
    if (this.isEmptyPath()) return;
    if (this.RECORDING_PHASE || this.isAtStep()) this.AT_LEAST_ONE(() => this.SUBRULE(this.item));
    this.lenient(() => this.goOn([t.Bar, t.RBrace], this.isAtStep, () => this.SUBRULE(this.item)));
  });

  readonly repeat: GrammarRule = this.RULE('repeat', () => {
    this.CONSUME(t.Repeat);
    this.inHead(() => this.SUBRULE(this.expression));
    this.SUBRULE(this.body);
  });

  readonly for: GrammarRule = this.RULE('for', () => {
    this.CONSUME(t.For);
    const open = this.loopInParentheses();
    this.OR([{ ALT: () => this.CONSUME(t.AnyName) }, { ALT: () => this.SUBRULE(this.forNames) }]);
    this.lenient(() => this.loopWithoutIn());
    this.CONSUME(t.In);
    this.inHead(() => this.SUBRULE(this.expression));
    if (open) this.skipAlone();
    this.SUBRULE(this.body);
  });

  readonly forNames: GrammarRule = this.RULE('forNames', () => {
    this.CONSUME(t.LBracket);
    this.separated(this.forName, t.RBracket, true);
    this.end(t.RBracket);
  });

  readonly forName: GrammarRule = this.RULE('forName', () => {
    this.CONSUME(t.AnyName);
  });

  readonly if: GrammarRule = this.RULE('if', () => {
    this.CONSUME(t.If);
    do {
      this.inHead(() => this.SUBRULE(this.expression));
      this.SUBRULE(this.body);
    } while (this.isElseIfInOneWord());
    this.lenient(() => this.elseMisspelt());
    this.MANY({ MAX_LOOKAHEAD: 2, DEF: () => this.SUBRULE(this.elseIf) });
    this.OPTION(() => this.SUBRULE(this.else));
  });

  readonly elseIf: GrammarRule = this.RULE('elseIf', () => {
    this.CONSUME(t.Else);
    this.CONSUME(t.If);
    this.inHead(() => this.SUBRULE(this.expression));
    this.SUBRULE(this.body);
    this.lenient(() => this.elseMisspelt());
  });

  readonly else: GrammarRule = this.RULE('else', () => {
    this.CONSUME(t.Else);
    this.SUBRULE(this.body);
  });

  readonly from: GrammarRule = this.RULE('from', () => {
    this.CONSUME(t.From);
    this.CONSUME(t.AnyName);
  });

  readonly again: GrammarRule = this.RULE('again', () => {
    this.CONSUME(t.Again);
    this.CONSUME(t.Identifier);
    this.lenient(() => this.appliedWithArguments());
  });

  // ── policies ───────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly policyBody: GrammarRule = this.RULE('policyBody', () => this.braced(this.policyItem));

  readonly policyItem: GrammarRule = this.RULE('policyItem', () => {
    this.lenient(() => this.mistakenSign(':', 'a filling', 2));
    this.OR([
      {
        GATE: () => this.isAt(t.Colon, this.isAt(t.Question, 2) ? 3 : 2) || this.isFillingWithoutColon(),
        ALT: () => this.SUBRULE(this.filling),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.SUBRULE(this.rule) },
    ]);
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
    this.lenient(() => this.misplacedColon());
    this.SUBRULE(this.settings);
  });

  readonly selector: GrammarRule = this.RULE('selector', () => {
    this.AT_LEAST_ONE(() => this.SUBRULE(this.selectorPart));
  });

  readonly selectorPart: GrammarRule = this.RULE('selectorPart', () => {
    this.SUBRULE(this.dotted);
    this.MANY(() => this.SUBRULE(this.bracket));
    this.lenient(() => this.namesBehindBrackets());
    this.OPTION(() => this.CONSUME(t.Question));
  });

  readonly bracket: GrammarRule = this.RULE('bracket', () => {
    this.CONSUME(t.LBracket);
    this.SUBRULE(this.condition);
    this.end(t.RBracket);
  });

  readonly condition: GrammarRule = this.RULE('condition', () => {
    this.lenient(() => this.mistakenSign(':', 'a condition', 2));
    this.OR({
      MAX_LOOKAHEAD: 2,
      DEF: [
        { ALT: () => this.SUBRULE(this.attribute) },
        { ALT: () => this.CONSUME(t.First) },
        { ALT: () => this.CONSUME(t.Last) },
        { ALT: () => this.SUBRULE(this.except) },
        { ALT: () => this.CONSUME(t.NumberLiteral) },
      ],
    });
  });

  readonly attribute: GrammarRule = this.RULE('attribute', () => {
    this.CONSUME(t.AnyName);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  readonly except: GrammarRule = this.RULE('except', () => {
    this.CONSUME(t.Not);
    this.SUBRULE(this.selector);
  });

  // ── data, sweeps and searches ─────────────────────────────────────────────────────────────────────────────────────────

  readonly dataBody: GrammarRule = this.RULE('dataBody', () => this.braced(this.dataItem));

  readonly dataItem: GrammarRule = this.RULE('dataItem', () => {
    this.OR([
      { GATE: () => this.isGroup(), ALT: () => this.SUBRULE(this.fieldGroup), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.setting) },
    ]);
  });

  readonly fieldGroup: GrammarRule = this.RULE('fieldGroup', () => {
    this.CONSUME(t.Fields);
    this.SUBRULE(this.fields);
  });

  readonly fields: GrammarRule = this.RULE('fields', () => this.braced(this.field));

  readonly field: GrammarRule = this.RULE('field', () => {
    this.CONSUME(t.AnyName);
    this.lenient(() => this.mistakenSign(':', 'a field'));
    this.CONSUME(t.Colon);
    if (!this.lacksValue()) this.SUBRULE(this.fieldType);
    this.lenient(() => this.separators('fields', [t.Comma, t.Semicolon]));
  });

  readonly fieldType: GrammarRule = this.RULE('fieldType', () => {
    this.lenient(() => this.strayBeforeValue());
    this.OR({
      MAX_LOOKAHEAD: 2,
      DEF: [
        { ALT: () => this.SUBRULE(this.tensorField), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.expression) },
      ],
    });
  });

  readonly tensorField: GrammarRule = this.RULE('tensorField', () => {
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(t.Assign);
      this.SUBRULE(this.expression);
    });
  });

  readonly studyBody: GrammarRule = this.RULE('studyBody', () => this.braced(this.studyItem));

  readonly studyItem: GrammarRule = this.RULE('studyItem', () => {
    this.OR([
      { GATE: () => this.isGroup(), ALT: () => this.SUBRULE(this.axisGroup), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.setting) },
    ]);
  });

  readonly axisGroup: GrammarRule = this.RULE('axisGroup', () => {
    this.CONSUME(t.Over);
    this.SUBRULE(this.axes);
  });

  readonly axes: GrammarRule = this.RULE('axes', () => this.braced(this.axis));

  readonly axis: GrammarRule = this.RULE('axis', () => {
    this.SUBRULE(this.dotted);
    this.lenient(() => this.mistakenSign(':', 'an axis'));
    this.lenient(() => this.axisWithIn());
    this.CONSUME(t.Colon);
    if (!this.lacksValue()) this.SUBRULE(this.value);
    this.lenient(() => this.bareList());
    this.lenient(() => this.separators('axes', [t.Comma, t.Semicolon]));
  });
}
