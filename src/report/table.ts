/** Tables of pages. */
import { element, tag, text } from './html.ts';

export interface Column {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
  /** Sentences, which are broken into lines. */
  readonly sentences?: boolean;
}

/** Text, or markup where a cell is more than text. */
export type Cell = string | { readonly html: string };

export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], caption?: string): string {
  const look = (i: number): Readonly<Record<string, string>> =>
    columns[i]?.numeric === true ? { class: 'number' } : columns[i]?.sentences === true ? { class: 'sentences' } : {};
  const head = tag(
    'thead',
    {},
    tag('tr', {}, ...columns.map((c, i) => element('th', c.name, { scope: 'col', ...look(i) }))),
  );
  const body = rows.map((cells) =>
    tag('tr', {}, ...cells.map((cell, i) => tag('td', look(i), typeof cell === 'string' ? text(cell) : cell.html))),
  );
  const title = caption === undefined ? [] : [element('caption', caption)];
  // A wide table scrolls by itself; the page does not.
  return tag('div', { class: 'scroll', tabindex: '0' }, tag('table', {}, ...title, head, tag('tbody', {}, ...body)));
}
