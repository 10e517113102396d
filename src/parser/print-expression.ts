/** Canonical text of expressions: parentheses only where the grammar needs them. */
import type { Argument, BinaryOperator, Expression } from './tree.ts';

/** From loosest to tightest, as the grammar has them. */
const precedence: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
};
const ofNot = 3;
const ofMinus = 7;

export const printExpression = (expression: Expression): string => print(expression, 0);

/** `conv`, or `conv(6, kernel: 5)`. */
export const printName = (name: string, args: readonly Argument[], parentheses: boolean): string =>
  parentheses
    ? `${name}(${args.map((a) => `${a.name === null ? '' : `${a.name.text}: `}${printExpression(a.value)}`).join(', ')})`
    : name;

/** `outer`: how tightly the surroundings bind; looser expressions get parentheses. */
function print(e: Expression, outer: number): string {
  const within = (own: number, text: string): string => (own < outer ? `(${text})` : text);
  switch (e.kind) {
    case 'number':
      return e.text;
    case 'string':
      return quoted(e.value);
    case 'boolean':
      return String(e.value);
    case 'name':
      return e.name;
    case 'call':
      return printName(e.name.text, e.arguments, true);
    case 'list':
      return `[${e.items.map((i) => print(i, 0)).join(', ')}]`;
    case 'record':
      return `{ ${e.settings.map((s) => `${s.key.text}: ${print(s.value, 0)}`).join('  ')} }`;
    case 'unary':
      return e.operator === 'not'
        ? within(ofNot, `not ${print(e.operand, ofNot)}`)
        : within(ofMinus, `-${print(e.operand, ofMinus)}`);
    case 'binary': {
      const own = precedence[e.operator];
      // All operators group to the left; comparisons do not chain, so both of their sides bind tighter.
      const left = own === 4 ? own + 1 : own;
      return within(own, `${print(e.left, left)} ${e.operator} ${print(e.right, own + 1)}`);
    }
    case 'missing':
      return '';
  }
}

/** With the escapes of the language. */
const quoted = (value: string): string =>
  `"${value.replace(/["\\\u0000-\u001f\u007f\u2028\u2029]/g, (c) => (c === '"' || c === '\\' ? `\\${c}` : c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\u{${c.charCodeAt(0).toString(16)}}`))}"`;
