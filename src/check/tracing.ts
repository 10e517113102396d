/** What is wrong with a parameter's value is told where it is used; the place that gave it is told beside. */
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';

/** Where a value, or one inside of it, is used, and where it was given. */
interface Trace {
  readonly used: Span;
  readonly given: Span;
}

/** A report that adds to what is said at one of these values the place where that was given. */
export const tracing =
  (values: readonly (Value | ArgumentValue)[], report: Report): Report =>
  (d) => {
    const at = d.labels[0]?.span;
    const trace = at && values.flatMap(tracesOf).find(({ used }) => isSame(used, at));
    // An argument may be judged in several ways, one inside of the other.
    if (trace === undefined || d.labels.some((l) => isSame(l.span, trace.given))) report(d);
    else report({ ...d, labels: [...d.labels, { span: trace.given, text: 'the value is given here' }] });
  };

/** Each with its own place and, as an argument, with its name's. */
function tracesOf(of: Value | ArgumentValue): readonly Trace[] {
  if (!('kind' in of)) {
    const { origin } = of.value;
    return [...tracesOf(of.value), ...(origin === undefined ? [] : traceOf(of.span, origin))];
  }
  const own = of.origin === undefined ? [] : traceOf(of.span, of.origin);
  const inner =
    of.kind === 'call'
      ? of.arguments
      : of.kind === 'list'
        ? of.items
        : of.kind === 'record'
          ? of.entries.map((e) => e.value)
          : [];
  return [...own, ...inner.flatMap(tracesOf)];
}

/** Sizes that are only known by a name are given nowhere. */
const traceOf = (used: Span, given: Span): readonly Trace[] => (given.file === '' ? [] : [{ used, given }]);

const isSame = (a: Span, b: Span): boolean => a.file === b.file && a.start === b.start && a.end === b.end;

/** A size of which only the name is known: it was given nowhere. */
export const isOpenSize = (value: Value): boolean => value.kind === 'word' && value.origin?.file === '';
