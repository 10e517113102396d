/**
 * Pieces of the language outside of a file: a value or a selector that stands on the command line. Each is read by the grammar of
 * files, in a declaration made for it, and told as if it stood in the text it was cut from.
 */
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { parse } from './index.ts';
import type { Expression, Selector } from './tree.ts';

/** The value at `span` of `text`; null after reporting that there is none, or more than one. */
export function parseValue(text: string, span: Span, report: Report): Expression | null {
  if (text.slice(span.start, span.end).trim() === '') {
    report(
      syntax.unexpected.at(span, {
        expected: 'a value',
        found: 'nothing',
        where: '',
        help: 'such as `none`, `0.1` or `batch(momentum: 0.9)`',
      }),
    );
    return null;
  }
  const [declaration, ...more] = within('train t { k:', text, span, report) ?? [];
  if (declaration?.kind !== 'train') return null;
  const [only, ...others] = declaration.settings;
  if (only === undefined || others.length > 0 || more.length > 0) return refuse('one value', span, report);
  return only.value.kind === 'missing' ? null : only.value;
}

/** The values at `span`, with commas between them and no brackets, as a list; null after an error. */
export function parseValues(text: string, span: Span, report: Report): Expression | null {
  const [declaration, ...more] = within('train t { k: [', text, span, report, ']') ?? [];
  const [only, ...others] = declaration?.kind === 'train' ? declaration.settings : [];
  if (declaration === undefined) return null;
  if (only === undefined || others.length > 0 || more.length > 0) return refuse('values', span, report);
  return only.value;
}

/** The selectors at `span`, in a comma list; null after an error. */
export function parseSelectors(text: string, span: Span, report: Report): readonly Selector[] | null {
  const [declaration, ...more] = within('policy p {', text, span, report, '{ k: 1 }') ?? [];
  if (declaration?.kind !== 'policy') return null;
  const [only, ...others] = declaration.items;
  if (only?.kind !== 'rule' || others.length > 0 || more.length > 0) return refuse('a selector', span, report);
  return only.selectors;
}

function refuse(expected: string, span: Span, report: Report): null {
  report(syntax.unexpected.at(span, { expected, found: 'something else', where: '', help: null }));
  return null;
}

/** Declarations of `before <text at span> after }` with the places they have in `text`; null after an error, which is reported. */
function within(before: string, text: string, span: Span, report: Report, after = '') {
  const cut = text.slice(span.start, span.end);
  const { tree, diagnostics } = parse(`${before} ${cut} ${after} }`, span.file);
  const shift = span.start - before.length - 1;
  const within = (offset: number): number => Math.min(span.end, Math.max(span.start, offset + shift));
  const move = (s: Span): Span => ({ file: s.file, start: within(s.start), end: within(s.end) });
  // The declaration that the grammar needs around it is not the user's.
  const own = (message: string): string => message.replace(/ in `(?:train t|policy p)`/, '');
  for (const d of diagnostics)
    report({ ...d, message: own(d.message), labels: d.labels.map((l) => ({ ...l, span: move(l.span) })), fix: [] });
  return diagnostics.some((d) => d.severity === 'error') ? null : moved(tree.declarations, move);
}

/** A tree with every place of it moved. */
function moved<T>(node: T, move: (span: Span) => Span): T {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    if (isSpan(value)) return move(value);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, visit(part)]));
  };
  // Only places differ, and each is a place again.
  return visit(node) as T;
}

const isSpan = (value: object): value is Span => 'file' in value && 'start' in value && 'end' in value;
