/** Selectors of the syntax tree with the values in their brackets evaluated. */
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Bracket, Selector } from '../parser/tree.ts';
import { printValue } from './printing.ts';
import type { PolicyBracket, PolicySelector } from './selectors.ts';
import { type Environment, evaluate } from './values.ts';

/** A selector with its values evaluated; null after an error in one of them. */
export function flatSelector(selector: Selector, environment: Environment, report: Report): PolicySelector | null {
  let fine = true;
  const bracket = (b: Bracket): PolicyBracket | null => {
    switch (b.kind) {
      case 'first':
      case 'last':
        return { kind: b.kind };
      case 'index':
        return { kind: 'index', index: b.index };
      case 'not': {
        const inner = flatSelector(b.selector, environment, report);
        return inner && { kind: 'not', selector: inner };
      }
      case 'attribute': {
        const value = evaluate(b.value, environment, report);
        return value && { kind: 'attribute', key: b.key.text, keySpan: b.key.span, value };
      }
    }
  };
  const parts = selector.parts.map((part) => {
    const brackets = part.brackets.map(bracket);
    if (brackets.includes(null)) fine = false;
    return { names: part.names.map((n) => n.text), brackets: brackets.filter((b) => b !== null) };
  });
  if (!fine || parts.length === 0 || parts.some((p) => p.names.length === 0 || p.names.includes(''))) return null;
  return { parts, optional: selector.optional, text: textOf(parts), span: selector.span };
}

export const textOf = (parts: PolicySelector['parts']): string =>
  parts.map((p) => `${p.names.join('.')}${p.brackets.map((b) => `[${bracketText(b)}]`).join('')}`).join(' ');

const bracketText = (b: PolicyBracket): string =>
  b.kind === 'index'
    ? String(b.index)
    : b.kind === 'not'
      ? `not ${b.selector.text}`
      : b.kind === 'attribute'
        ? `${b.key}: ${printValue(b.value)}`
        : b.kind;

/** As it is written, without brackets: for messages. */
export const selectorText = (s: Selector): string => s.parts.map((p) => p.names.map((n) => n.text).join('.')).join(' ');
