/** Canonical text of expressions: parentheses only where the grammar needs them. */
import { encodeString } from './literals.ts';
import { binding, prefixBinding } from './precedence.ts';
import type { Argument, Expression } from './tree.ts';

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
      return encodeString(e.value);
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
        ? within(prefixBinding.not, `not ${print(e.operand, prefixBinding.not)}`)
        : within(prefixBinding['-'], `-${print(e.operand, prefixBinding['-'])}`);
    case 'binary': {
      const own = binding[e.operator];
      // All operators group to the left; comparisons do not chain, so both of their sides bind tighter.
      const left = own === 4 ? own + 1 : own;
      return within(own, `${print(e.left, left)} ${e.operator} ${print(e.right, own + 1)}`);
    }
    case 'missing':
      return '';
  }
}
