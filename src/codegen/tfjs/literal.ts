/**
 * Text that goes into emitted code. Everything that comes from a spec passes through here: names are checked to be identifiers,
 * strings are printed as JSON, comments lose whatever could end them. Nothing of a spec can become code.
 */
import type { AttrValue, Shape } from '../../ir/graph.ts';

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A property name taken from a spec. `__proto__` and its like cannot reach here: the lexer refuses names that begin with `__`. */
export const property = (name: string): string => {
  if (!identifier.test(name) || name.startsWith('__'))
    throw new Error(`${JSON.stringify(name)} is not a name that a spec can have`);
  return name;
};

/** A string literal: single quotes where nothing needs escaping, as a person would write; JSON otherwise. */
export const text = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) && !/['\\]/.test(value)
    ? `'${value}'`
    : JSON.stringify(value).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);

/** A literal of any attribute value. */
export const literal = (value: AttrValue | undefined): string => {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return typeof value === 'number' ? numeral(value) : String(value);
};

/** `1e-7`, not `1e-07`; never `NaN`: the checker lets only finite numbers through. */
const numeral = (value: number): string => {
  if (!Number.isFinite(value)) throw new Error(`${value} has no literal`);
  return Object.is(value, -0) ? '0' : String(value);
};

/** Text made safe for a comment on one line. */
export const comment = (value: string): string => value.replace(/[\r\n\u2028\u2029]+/g, ' ').replaceAll('*/', '* /');

/** `[N, 28, 28, 1]` */
export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

/** `107,808` */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
