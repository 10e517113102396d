/**
 * Arithmetic of sizes that may have names. A size is a number or, as text, a polynomial with whole coefficients over symbols and
 * divisions rounded down:  `H`  `H−2`  `⌈H/2⌉`  `⌊(H+1)/3⌋`  `H·W·6`.
 *
 * Every function gives the normal form, so that equal computations give equal names:
 *   products are multiplied out, factors and terms sorted · ⌈x/m⌉ is ⌊(x+m−1)/m⌋ · whole parts leave a division,
 *   ⌊(x+c·m)/m⌋ = ⌊x/m⌋+c · a division of a division is one, ⌊(⌊x/a⌋+c)/b⌋ = ⌊(x+a·c)/(a·b)⌋
 * What is printed as a rounding up is the rounding down by one unit more: ⌈H/2⌉ stands for ⌊(H+1)/2⌋.
 */
import type { Dim } from './graph.ts';

/** Coefficients by product of factors (sorted, joined by `·`); the constant belongs to the empty product. */
type Sum = ReadonlyMap<string, number>;

const constant = (value: number): Sum => new Map(value === 0 ? [] : [['', value]]);
const one = (factor: string): Sum => new Map([[factor, 1]]);
const constantOf = (sum: Sum): number => sum.get('') ?? 0;
const factorsOf = (key: string): readonly string[] => (key === '' ? [] : splitFactors(key));

/** At the dots that are not inside of a division. */
function splitFactors(key: string): readonly string[] {
  const factors: string[] = [''];
  let depth = 0;
  for (const c of key) {
    if ('⌊⌈('.includes(c)) depth++;
    if ('⌋⌉)'.includes(c)) depth--;
    if (c === '·' && depth === 0) factors.push('');
    else factors.push(`${factors.pop() ?? ''}${c}`);
  }
  return factors;
}

function sumOf(...sums: readonly Sum[]): Sum {
  const total = new Map<string, number>();
  for (const sum of sums) for (const [key, c] of sum) total.set(key, (total.get(key) ?? 0) + c);
  return new Map([...total].filter(([, c]) => c !== 0));
}

const scaled = (sum: Sum, by: number): Sum => new Map(by === 0 ? [] : [...sum].map(([key, c]) => [key, c * by]));

function productOf(a: Sum, b: Sum): Sum {
  const terms = [...a].flatMap(([p, m]) =>
    [...b].map(([q, n]): Sum => new Map([[[...factorsOf(p), ...factorsOf(q)].sort().join('·'), m * n]])),
  );
  return sumOf(...terms);
}

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

/** ⌊sum/by⌋ */
function floored(sum: Sum, by: number): Sum {
  if (by === 1) return sum;
  const whole = new Map([...sum].map(([key, c]) => [key, Math.floor(c / by)]));
  const rest = new Map([...sum].map(([key, c]) => [key, c - by * Math.floor(c / by)]));
  const remainder = rest.get('') ?? 0;
  rest.delete('');
  const open = [...rest].filter(([, c]) => c !== 0);
  if (open.length === 0) return sumOf(whole);
  const common = open.reduce((g, [, c]) => gcd(g, c), by);
  const small = sumOf(new Map(open.map(([key, c]) => [key, c / common])), constant(Math.floor(remainder / common)));
  return sumOf(whole, common > 1 ? floored(small, by / common) : division(small, by));
}

/** ⌊sum/by⌋ of which no whole part can be taken out. */
function division(sum: Sum, by: number): Sum {
  const remainder = constantOf(sum);
  const [term, ...more] = [...sum].filter(([key]) => key !== '');
  if (by === 1 || term === undefined) return floored(sum, by);
  const inner = more.length === 0 && term[1] === 1 ? divided(term[0]) : null;
  if (inner !== null) return floored(sumOf(inner.sum, constant(inner.by * remainder)), inner.by * by);
  const up = remainder === by - 1;
  const text = print(up ? new Map([...sum].filter(([key]) => key !== '')) : sum);
  const bare = up ? more.length === 0 : sum.size === 1;
  return one(`${up ? '⌈' : '⌊'}${bare ? text : `(${text})`}/${by}${up ? '⌉' : '⌋'}`);
}

/** What a factor divides, rounding down, and by how much; null when it is no division. */
function divided(factor: string): { readonly sum: Sum; readonly by: number } | null {
  const up = factor.startsWith('⌈');
  if ((!up && !factor.startsWith('⌊')) || factorsOf(factor).length > 1) return null;
  const slash = factor.lastIndexOf('/');
  const by = Number(factor.slice(slash + 1, -1));
  const sum = read(factor.slice(1, slash));
  return { sum: up ? sumOf(sum, constant(by - 1)) : sum, by };
}

function print(sum: Sum): string {
  const terms = [...sum].sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1));
  const text = terms.map(([key, c]) => {
    const size = Math.abs(c);
    const factors = key === '' ? [String(size)] : size === 1 ? [key] : [key, String(size)];
    return `${c < 0 ? '−' : '+'}${factors.join('·')}`;
  });
  return text.join('').replace(/^\+/, '') || '0';
}

/** The sum that a name stands for. What is no name of this module's making is a symbol. */
function read(text: string): Sum {
  let at = 0;
  const accept = (mark: string): boolean => {
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  };
  const division = (close: string, add: (by: number) => number): Sum => {
    const sum = total();
    accept('/');
    const by = Number(word());
    accept(close);
    return floored(sumOf(sum, constant(add(by))), by);
  };
  const word = (): string => {
    const found = /^[^+−·⌊⌋⌈⌉()/]*/.exec(text.slice(at))?.[0] ?? '';
    at += found.length;
    return found;
  };
  const factor = (): Sum => {
    if (accept('⌊')) return division('⌋', () => 0);
    if (accept('⌈')) return division('⌉', (by) => by - 1);
    if (accept('(')) {
      const sum = total();
      accept(')');
      return sum;
    }
    const found = word();
    return /^\d+$/.test(found) ? constant(Number(found)) : one(found);
  };
  const product = (): Sum => {
    let result = factor();
    while (accept('·')) result = productOf(result, factor());
    return result;
  };
  const total = (): Sum => {
    let result = accept('−') ? scaled(product(), -1) : product();
    for (;;) {
      if (accept('+')) result = sumOf(result, product());
      else if (accept('−')) result = sumOf(result, scaled(product(), -1));
      else return result;
    }
  };
  const result = total();
  return at === text.length ? result : one(text);
}

const sum = (dim: Dim): Sum => (typeof dim === 'number' ? constant(dim) : read(dim));

const finish = (result: Sum): Dim => {
  const open = [...result.keys()].some((key) => key !== '');
  return open ? print(result) : constantOf(result);
};

/** a + b + … */
export const plus = (...dims: readonly Dim[]): Dim => finish(sumOf(...dims.map(sum)));

/** a · b · … */
export const times = (...dims: readonly Dim[]): Dim => finish(dims.map(sum).reduce(productOf, constant(1)));

/** ⌊dim/by⌋ for a whole `by` from 1. */
export const floorOf = (dim: Dim, by: number): Dim => finish(floored(sum(dim), by));

/** ⌈dim/by⌉ for a whole `by` from 1. */
export const ceilOf = (dim: Dim, by: number): Dim => floorOf(plus(dim, by - 1), by);

/** dim/by where that is whole whatever the symbols are; null otherwise. */
export function quotient(dim: Dim, by: number): Dim | null {
  const whole = sum(dim);
  if (by < 1 || [...whole.values()].some((c) => c % by !== 0)) return null;
  return finish(new Map([...whole].map(([key, c]) => [key, c / by])));
}

/** The symbols that a size depends on, each once, sorted: `H`, `W` of `W·⌈H/2⌉·6`. */
export const symbolsOf = (dim: Dim): readonly string[] =>
  typeof dim === 'number'
    ? []
    : [...new Set(dim.split(/[+−·⌊⌋⌈⌉()/]/).filter((part) => part !== '' && !/^\d+$/.test(part)))].sort();
