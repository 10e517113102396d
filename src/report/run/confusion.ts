/** What was taken for what in the test part: a matrix of classes, and the most frequent mistakes. */
import { element, tag, text } from '../html.ts';
import { matrixChart } from '../matrix.ts';
import { figures, paragraph } from '../page.ts';
import { table } from '../table.ts';
import { count, percent } from './numbers.ts';
import type { Matrix } from './results.ts';

/** More classes than these are told by their mistakes alone. */
const mostClasses = 30;
const mostMistakes = 8;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function confusion(output: string | null, matrix: Matrix): readonly string[] {
  const names = matrix.map((_, i) => String(i));
  const totals = matrix.map(sum);
  const of = output === null ? '' : ` of ${output}`;
  const all = matrix.length > mostClasses ? [] : [picture(of, matrix, names, totals)];
  return [
    ...(output === null ? [] : [element('h3', output)]),
    tag(
      'div',
      { class: 'beside' },
      ...all,
      tag('div', {}, ...mistakes(matrix, totals), paragraph(weakest(matrix, totals))),
    ),
  ];
}

function picture(of: string, matrix: Matrix, names: readonly string[], totals: readonly number[]): string {
  const svg = matrixChart({
    label: `classes${of} and what they were taken for`,
    y: 'class',
    x: 'taken for',
    rows: names,
    columns: names,
    values: matrix,
    // Of its row, so that rare classes are seen; a few mistakes in many are seen as well.
    strength: (value, row) => Math.sqrt(value / (totals[row] || 1)),
    written: count,
  });
  return figures([{ title: 'rows: the class; columns: what it was taken for', svg }]);
}

function mistakes(matrix: Matrix, totals: readonly number[]): readonly string[] {
  const found = matrix
    .flatMap((row, is) => row.map((times, taken) => ({ is, taken, times })))
    .filter(({ is, taken, times }) => is !== taken && times > 0)
    .toSorted((a, b) => b.times - a.times || a.is - b.is || a.taken - b.taken);
  if (found.length === 0) return [paragraph('No sample was taken for another class.')];
  const rows = found
    .slice(0, mostMistakes)
    .map(({ is, taken, times }) => [
      `${is}`,
      `${taken}`,
      count(times),
      `${percent(times / (totals[is] || 1))} of class ${is}`,
    ]);
  const columns = [{ name: 'class' }, { name: 'taken for' }, { name: 'times', numeric: true }, { name: 'share' }];
  return [table(columns, rows, text('Most frequent mistakes'))];
}

/** The class that is found least often. */
function weakest(matrix: Matrix, totals: readonly number[]): string {
  const found = matrix.map((row, i) => ({ i, share: (row[i] ?? 0) / (totals[i] || 1), there: totals[i] ?? 0 }));
  const known = found.filter((c) => c.there > 0).toSorted((a, b) => a.share - b.share);
  const [worst, best] = [known[0], known.at(-1)];
  if (worst === undefined || best === undefined) return 'The test part is empty.';
  return worst.share === best.share
    ? `Every class is found in ${percent(worst.share)} of its samples.`
    : `Class ${worst.i} is found least often, in ${percent(worst.share)} of its ${count(worst.there)} samples; class ${best.i} most often, in ${percent(best.share)}.`;
}
