/** A formula becomes nodes. What is known while compiling is computed while compiling; equal parts are computed once. */
import type { Ref } from '../../ir/graph.ts';
import type { Emit } from '../../ir/op.ts';
import { ops } from '../../ir/ops/index.ts';
import { entryOf } from '../bind.ts';
import { functions, type Make } from './functions.ts';
import { operandsOf, type Term } from './term.ts';

interface FormulaValues {
  readonly prediction: Ref;
  readonly target: Ref;
  readonly parameters: Readonly<Record<string, unknown>>;
}

type Parameters = FormulaValues['parameters'];

/** The value of a plain term; of a comparison 1 or 0. */
function plainValue(term: Term, parameters: Parameters): number {
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = operandsOf(term).map((t) => plainValue(t, parameters));
  switch (term.kind) {
    case 'number':
      return term.value;
    case 'parameter':
      return Number(parameters[term.name]);
    case 'negate':
      return -a;
    case 'arithmetic':
      return { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[term.operator];
    case 'compare':
      return Number({ '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b, '==': a === b, '!=': a !== b }[term.is]);
    case 'logic':
      return term.operator === 'not' ? 1 - a : term.operator === 'and' ? a * b : Math.max(a, b);
    case 'call':
      return term.name === 'where'
        ? a !== 0
          ? b
          : c
        : (entryOf(functions, term.name)?.plain?.(a, b, c) ?? Number.NaN);
    default:
      throw new Error('a prediction has no value while compiling');
  }
}

/** The first plain part that is no finite number with these arguments, or divides by 0. */
export function unusable(
  term: Term,
  parameters: Parameters,
): { readonly operator: string; readonly expected: string; readonly found: string } | null {
  for (const operand of operandsOf(term)) {
    const found = unusable(operand, parameters);
    if (found !== null) return found;
  }
  const told = (of: Term): string => `\`${of.text}\`, which is ${plainValue(of, parameters)} here`;
  const divisor = term.kind === 'arithmetic' && term.operator === '/' ? term.operands[1] : null;
  if (divisor?.form === 'plain' && plainValue(divisor, parameters) === 0)
    return { operator: '`/`', expected: 'a divisor other than 0', found: told(divisor) };
  return term.form === 'plain' && !Number.isFinite(plainValue(term, parameters))
    ? { operator: 'a formula', expected: 'finite numbers', found: told(term) }
    : null;
}

/** The value of the formula, called `loss`. */
export function lowerFormula(name: string, formula: Term, values: FormulaValues, build: Emit): Ref {
  const known = new Map<string, Ref>();
  const make: Make = (op, operands, attrs = {}) => build.one(op, operands, attrs, `${name}.${op.kind}`);
  const constant = (value: number): Ref => make(ops.constant, [], { value });
  const isPlain = (t: Term): boolean => t.form === 'plain';
  const plain = (t: Term): number => plainValue(t, values.parameters);

  const ref = (term: Term): Ref => {
    const found = known.get(term.text);
    if (found !== undefined) return found;
    const made = isPlain(term) ? constant(plain(term)) : lower(term);
    known.set(term.text, made);
    return made;
  };

  function lower(term: Term): Ref {
    switch (term.kind) {
      case 'prediction':
        return values.prediction;
      case 'target':
        return values.target;
      case 'negate':
        return make(ops.scale, [ref(term.operands[0])], { by: -1 });
      case 'arithmetic':
        return arithmetic(term.operator, ...term.operands);
      case 'compare':
        return make(ops.compare, term.operands.map(ref), { is: term.is });
      case 'logic':
        return logic(term.operator, term.operands);
      case 'call':
        return call(term);
      default:
        return constant(plain(term));
    }
  }

  /** With a number on one side there is no constant to be made. */
  function arithmetic(operator: '+' | '-' | '*' | '/', a: Term, b: Term): Ref {
    const shift = (x: Ref, by: number): Ref => make(ops.shift, [x], { by });
    const scale = (x: Ref, by: number): Ref => make(ops.scale, [x], { by });
    if (isPlain(b)) {
      const x = ref(a);
      const n = plain(b);
      return operator === '+' ? shift(x, n) : operator === '-' ? shift(x, -n) : scale(x, operator === '*' ? n : 1 / n);
    }
    if (isPlain(a) && operator !== '/') {
      const x = ref(b);
      const n = plain(a);
      return operator === '*' ? scale(x, n) : shift(operator === '+' ? x : scale(x, -1), n);
    }
    const op = { '+': ops.add, '-': ops.sub, '*': ops.mul, '/': ops.div }[operator];
    return make(op, [ref(a), ref(b)]);
  }

  function logic(operator: 'and' | 'or' | 'not', operands: readonly Term[]): Ref {
    const refs = operands.map(ref);
    if (operator !== 'not') return make(operator === 'and' ? ops.mul : ops.maximum, refs);
    return make(ops.shift, [make(ops.scale, refs, { by: -1 })], { by: 1 });
  }

  function call({ name: called, axis, operands }: Extract<Term, { readonly kind: 'call' }>): Ref {
    const f = entryOf(functions, called);
    if (f === undefined) throw new Error(`no function ${called}`);
    const [first, ...rest] = operands;
    if (f.over === 'where' && first !== undefined && isPlain(first)) {
      const chosen = rest[plain(first) !== 0 ? 0 : 1];
      if (chosen !== undefined) return ref(chosen);
    }
    if (f.over === 'reduce' && first?.form === 'number') return ref(first);
    const bounds = clampOf(called, operands);
    if (bounds !== null) return make(ops.clamp, [ref(bounds.of)], { min: bounds.min, max: bounds.max });
    return f.lower(make, operands.map(ref), axis);
  }

  /** `min`, `max` and `clip` with bounds that are known while compiling. */
  function clampOf(called: string, operands: readonly Term[]) {
    const [first, ...rest] = operands;
    if (first === undefined) return null;
    if (called === 'clip' && rest.every(isPlain)) {
      const [min = null, max = null] = rest.map(plain);
      return { of: first, min, max };
    }
    if (called !== 'min' && called !== 'max') return null;
    const bound = operands.find(isPlain);
    const of = operands.find((t) => !isPlain(t));
    if (bound === undefined || of === undefined) return null;
    return called === 'min' ? { of, min: null, max: plain(bound) } : { of, min: plain(bound), max: null };
  }

  return ref(formula);
}
