/** Metrics that are a number for each class: a table for all that are of as many classes. */
import { table } from '../table.ts';
import { measureText, wordsOf } from './numbers.ts';

const ending = '_per_class';

export function byClass(metrics: Readonly<Record<string, readonly number[]>>): readonly string[] {
  const sizes = new Set(Object.values(metrics).map((values) => values.length));
  return [...sizes].map((size) => {
    const own = Object.entries(metrics)
      .filter(([, values]) => values.length === size)
      .map(([name, values]) => ({ name: name.endsWith(ending) ? name.slice(0, -ending.length) : name, values }));
    const rows = Array.from({ length: size }, (_, i) => [
      String(i),
      ...own.map(({ name, values }) => measureText(name, values[i] ?? Number.NaN)),
    ]);
    const columns = [{ name: 'class' }, ...own.map(({ name }) => ({ name: wordsOf(name), numeric: true }))];
    return table(columns, rows, 'Of each class');
  });
}
