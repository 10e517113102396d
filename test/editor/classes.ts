/** What each word of a spec is, as the parser says: the rule that consumed it, and as what. */
import type { CstNode, IToken } from 'chevrotain';
import { sections, slots, weightNames } from '../../src/check/words.ts';
import { machine } from '../../src/parser/machine.ts';
import { contextualWords, reservedWords } from '../../src/parser/tokens.ts';

export interface Classified {
  readonly token: IToken;
  /** The path of rules, from the outermost. */
  readonly rules: readonly string[];
  /** The kind of token that the rule asked for: `AnyName` where a keyword is free. */
  readonly as: string;
  /** What else the rule consumed. */
  readonly beside: readonly string[];
}

/** The tokens of a text without errors, in order; null when it has one. */
export function classify(text: string): readonly Classified[] | null {
  const { lexer, parser } = machine();
  const { tokens, errors } = lexer.tokenize(text);
  parser.patience = 0;
  parser.input = tokens;
  const cst = parser.file();
  if (errors.length + parser.errors.length + parser.mistakes.length > 0) return null;
  const found: Classified[] = [];
  const visit = (node: CstNode, above: readonly string[]): void => {
    const rules = [...above, node.name];
    for (const [as, children] of Object.entries(node.children)) {
      for (const child of children) {
        if ('image' in child) found.push({ token: child, rules, as, beside: Object.keys(node.children) });
        else visit(child, rules);
      }
    }
  };
  visit(cst, []);
  return found.sort((a, b) => a.token.startOffset - b.token.startOffset);
}

const keywords = new Set([...reservedWords, ...contextualWords].map((type) => type.name));
const isIn = (words: readonly string[], { token }: Classified): boolean => words.includes(token.image);
const isSlot = (found: Classified): boolean => isIn(slots, found);

/** Declarations are written so by custom. */
const isTypeName = ({ token }: Classified): boolean => /^[A-Z]\w*[a-z]/.test(token.image);

const selector = (found: Classified): RegExp => {
  if (isIn(weightNames, found)) return /^entity\.other\.attribute-name\.weight$/;
  if (isIn(sections, found)) return /^entity\.name\.(?:section|tag)$/;
  if (isSlot(found)) return /^variable\.language\.slot$/;
  return isTypeName(found) ? /^entity\.name\.type\.selector$/ : /^entity\.name\.tag$/;
};

const reference = (found: Classified): RegExp => {
  if (found.token.image === 'none') return /^constant\.language\.none$/;
  if (isTypeName(found)) return /^entity\.name\.type\.reference$/;
  if (found.beside.includes('arguments')) return /^support\.function$/;
  if (found.beside.includes('members')) return /^variable\.other\.object$/;
  const inside = found.rules.findLast((rule) =>
    /^(?:arguments|group|type|list|value|parameter|repeat|if|for|loss)$/.test(rule),
  );
  return inside === 'type' ? /^variable\.other\.dimension$/ : /^variable\.other(?:\.value)?$/;
};

/** The scope of a name by the rule that consumed it. */
const names: Readonly<Record<string, (found: Classified) => RegExp>> = {
  declaredName: () =>
    /^entity\.name\.(?:type|function)\.(?:network|block|policy|data|train|sweep|search|extern|loss|import)$/,
  policyReference: () => /^entity\.other\.inherited-class$/,
  parameter: () => /^variable\.parameter$/,
  externParameter: () => /^variable\.parameter$/,
  argumentName: () => /^variable\.parameter$/,
  inputItem: () => /^variable\.other\.input$/,
  type: () => /^support\.type$/,
  rest: () => /^variable\.other\.dimension$/,
  label: (found) => (found.rules.at(-2) === 'outputItem' ? /^entity\.name\.label\.output$/ : /^entity\.name\.label$/),
  call: (found) =>
    isSlot(found)
      ? /^variable\.language\.slot$/
      : isTypeName(found)
        ? /^entity\.name\.function\.block$/
        : /^entity\.name\.function\.layer$/,
  as: () => /^variable\.other\.as$/,
  from: () => /^variable\.other\.from$/,
  again: () => /^entity\.name\.label\.again$/,
  for: () => /^variable\.other\.loop$/,
  forName: () => /^variable\.other\.loop$/,
  filling: (found) => (isSlot(found) ? /^variable\.language\.slot$/ : /^support\.type\.property-name$/),
  setting: () => /^support\.type\.property-name$/,
  field: () => /^support\.type\.property-name$/,
  attribute: () => /^support\.type\.property-name$/,
  dotted: (found) => (found.rules.at(-2) === 'axis' ? /^support\.type\.property-name$/ : selector(found)),
  reference,
  members: () => /^variable\.other\.member$/,
};

const signs: Readonly<Record<string, RegExp>> = {
  LBrace: /^punctuation\.section\.braces\.begin$/,
  RBrace: /^punctuation\.section\.braces\.end$/,
  LParen: /^punctuation\.section\.parens\.begin$/,
  RParen: /^punctuation\.section\.parens\.end$/,
  LBracket: /^punctuation\.section\.brackets\.begin$/,
  RBracket: /^punctuation\.section\.brackets\.end$/,
  Colon: /^punctuation\.separator\.colon$/,
  Comma: /^punctuation\.separator\.comma$/,
  Dot: /^(?:punctuation\.accessor|support\.type\.property-name)$/,
  Ellipsis: /^keyword\.operator\.rest$/,
  Arrow: /^keyword\.operator\.arrow$/,
  Question: /^keyword\.operator\.optional$/,
  Bar: /^keyword\.operator\.path$/,
  Assign: /^keyword\.operator\.assignment$/,
  BinaryOperator: /^keyword\.operator\.(?:logical|comparison|arithmetic)$/,
  prefix: /^keyword\.operator\.(?:logical|arithmetic)$/,
  JoinKind: /^keyword\.control\.join$/,
  True: /^constant\.language\.boolean$/,
  False: /^constant\.language\.boolean$/,
};

const declarationWord = /^(?:storage\.(?:type|modifier)|keyword\.control\.import)/;
const isDeclaration = (rule: string | undefined): boolean =>
  rule !== undefined && /^(?:edition|import|network|block|policy|data|train|sweep|search|extern|loss)$/.test(rule);

/** The innermost scope that a token should have; for strings and numbers one that it should be in. */
export function expected(found: Classified): RegExp {
  const { as, rules } = found;
  if (as === 'Number') return /^constant\.numeric$/;
  if (as === 'String') return /^string\.quoted\.double$/;
  const sign = signs[as];
  if (sign !== undefined) return sign;
  if (keywords.has(as)) {
    if (as === 'From') return /^keyword\.control\.from$/;
    return isDeclaration(rules.at(-1)) ? declarationWord : /^keyword\.(?:control|other|operator\.logical)/;
  }
  const scope = names[rules.at(-1) ?? ''];
  if (scope === undefined) throw new Error(`nothing is said of ${as} in ${rules.join(' > ')}`);
  return scope(found);
}
