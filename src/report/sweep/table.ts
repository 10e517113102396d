/** The result of a sweep as rows: a row a combination of values, for the terminal, CSV and the page. */
import { spreadText, timeText } from './figures.ts';
import { isShare, type SweepResults } from './results.ts';
import { type Cell, cellsOf, finished, spreadOf } from './statistics.ts';
import { valueText } from './views.ts';

export interface ResultTable {
  readonly columns: readonly { readonly name: string; readonly numeric: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

/** Names of what was measured, the loss last. */
function namesOf({ runs }: SweepResults): readonly string[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.measures)))];
  return [...names.filter((name) => name !== 'loss'), ...names.filter((name) => name === 'loss')];
}

const spreadIn = (cell: Cell, name: string) => spreadOf(finished(cell).flatMap((run) => run.measures[name] ?? []));

export function resultTable(results: SweepResults): ResultTable {
  const names = namesOf(results);
  const cells = cellsOf(results);
  const broken = cells.some((cell) => finished(cell).length < cell.runs.length);
  return {
    columns: [
      ...results.axes.map((axis) => ({ name: axis.label, numeric: axis.values.every((v) => v.number !== null) })),
      ...names.map((name) => ({ name, numeric: true })),
      { name: 'time', numeric: true },
      ...(broken ? [{ name: 'runs', numeric: false }] : []),
    ],
    rows: cells.map((cell) => [
      ...results.axes.map((_, i) => valueText(results, cell, i)),
      ...names.map((name) => {
        const spread = spreadIn(cell, name);
        return spread === null ? '–' : spreadText(spread, { format: isShare(name) ? 'percent' : 'number' });
      }),
      finished(cell).length === 0 ? '–' : timeText(spreadOf(finished(cell).map((run) => run.seconds))?.mean ?? 0),
      ...(broken ? [outcome(cell)] : []),
    ]),
  };
}

/** `3 of 3`, `2 of 3, 1 failed (NRM5101)` */
function outcome(cell: Cell): string {
  const others = cell.runs.filter((run) => run.status !== 'finished');
  const counts = (['failed', 'skipped'] as const).flatMap((status) => {
    const of = others.filter((run) => run.status === status);
    return of.length === 0 ? [] : [`${of.length} ${status}`];
  });
  return [`${finished(cell).length} of ${cell.runs.length}`, ...counts].join(', ');
}

/** Numbers as they are, for other programs: means and standard deviations of each combination. */
export function tableCsv(results: SweepResults): string {
  const names = namesOf(results);
  const head = [
    ...results.axes.map((axis) => axis.path),
    ...names.flatMap((name) => [`${name} mean`, `${name} deviation`]),
    'seconds',
    'finished',
    'failed',
    'skipped',
  ];
  const rows = cellsOf(results).map((cell) => [
    ...results.axes.map((_, i) => valueText(results, cell, i)),
    ...names.flatMap((name) => {
      const spread = spreadIn(cell, name);
      return [spread?.mean ?? '', spread?.deviation ?? ''];
    }),
    spreadOf(finished(cell).map((run) => run.seconds))?.mean ?? '',
    ...(['finished', 'failed', 'skipped'] as const).map(
      (status) => cell.runs.filter((r) => r.status === status).length,
    ),
  ]);
  return csv([head, ...rows]);
}

/** Every run by itself. */
export function runsCsv(results: SweepResults): string {
  const names = namesOf(results);
  const head = [
    'run',
    ...results.axes.map((axis) => axis.path),
    'repeat',
    'seed',
    'status',
    ...names,
    'seconds',
    'why',
  ];
  const rows = results.runs.map((run) => [
    run.name,
    ...results.axes.map((_, i) => valueText(results, run, i)),
    run.repeat + 1,
    run.seed ?? '',
    run.status,
    ...names.map((name) => run.measures[name] ?? ''),
    run.seconds,
    run.why ?? '',
  ]);
  return csv([head, ...rows]);
}

const csv = (rows: readonly (readonly (string | number)[])[]): string =>
  `${rows.map((row) => row.map(field).join(',')).join('\n')}\n`;

/** RFC 4180. */
function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
