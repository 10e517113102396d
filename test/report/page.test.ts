/** Pages and charts: well-formed, complete, nothing from elsewhere, the same bytes each time. */
import { describe, expect, test } from 'vitest';
import { type LineChart, lineChart, matrixChart, page, table } from '../../src/report/index.ts';
import { resultTable, runsCsv, type SweepResults, sweepPage, tableCsv } from '../../src/report/sweep/index.ts';
import { all, type Element, read } from '../picture/xml.ts';
import { madeUp } from './made-up.ts';

const whole = (html: string): Element => {
  const [first, ...rest] = html.split('\n');
  expect(first).toBe('<!DOCTYPE html>');
  return read(rest.join('\n').trim());
};
const named = (root: Element, name: string): readonly Element[] => all(root).filter((e) => e.name === name);
const textOf = (e: Element): string => e.text + e.children.map(textOf).join(' ');

const results = madeUp(
  {
    none: { 2: [], 4: [0.3, 0.31], 8: [0.2, 0.22] },
    'odd "<&>" name': { 2: [0.25, 0.26], 4: [0.1, 0.1], 8: [0.1, 0.1] },
  },
  2,
);

describe('the page of a sweep', () => {
  const html = sweepPage(results);
  const root = whole(html);

  test('is one well-formed file that asks for nothing', () => {
    expect(named(root, 'script')).toEqual([]);
    expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|url\(|@import|src=/);
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html).toContain('name="viewport"');
  });

  test('has a chart for each measure, the curves of each place, and a name for each', () => {
    const charts = named(root, 'svg').filter((svg) => svg.attributes.role === 'img');
    expect(charts.map((svg) => svg.attributes['aria-label'])).toEqual([
      'test error against batch by norm',
      'test loss against batch by norm',
      'losses over epochs at batch 2',
      'losses over epochs at batch 4',
      'losses over epochs at batch 8',
    ]);
  });

  test('every finished run has both curves', () => {
    const curves = named(root, 'path').filter((e) => /, (training|validation)$/.test(e.children[0]?.text ?? ''));
    expect(curves).toHaveLength(2 * results.runs.filter((run) => run.status === 'finished').length);
  });

  test('says which runs failed and why, with signs as they are', () => {
    expect(textOf(root)).toContain('NRM5101: <NaN> & more');
    expect(textOf(root)).toContain('10 of 12 runs finished in 2m 05s, 2 at a time, on wasm');
    expect(textOf(root)).toContain('odd "<&>" name');
  });

  test('is the same each time', () => {
    expect(sweepPage(results)).toBe(html);
  });
});

describe('other shapes of sweeps', () => {
  const labels = (of: SweepResults): readonly (string | undefined)[] =>
    named(whole(sweepPage(of)), 'svg')
      .filter((svg) => svg.attributes.role === 'img')
      .map((svg) => svg.attributes['aria-label']);
  const [norm, batch] = results.axes;
  const runs = results.runs;

  test('names alone are rows', () => {
    const of = {
      ...results,
      axes: norm === undefined ? [] : [norm],
      runs: runs.map((r) => ({ ...r, values: [r.values[0] ?? 0] })),
    };
    expect(labels(of)).toEqual(['test error by norm', 'test loss by norm', 'losses over epochs']);
  });

  test('of several axes of names each is compared, under one scale', () => {
    const policies = {
      path: 'policy',
      label: 'policy',
      values: ['Plain', 'Modern'].map((text) => ({ text, number: null })),
    };
    const of = {
      ...results,
      axes: norm === undefined ? [] : [norm, policies],
      runs: runs.flatMap((r) => [0, 1].map((policy) => ({ ...r, values: [r.values[0] ?? 0, policy] }))),
    };
    expect(labels(of).filter((label) => label?.startsWith('test error'))).toEqual([
      'test error by norm, policy Plain',
      'test error by norm, policy Modern',
      'test error by policy, norm none',
      'test error by policy, norm odd "<&>" name',
    ]);
    expect(sweepPage(of)).toContain('class="figures pairs"');
  });

  test('where no run of a number finished, its place on the axis is empty, and within the chart', () => {
    const of = madeUp({ none: { 2: [0.3], 4: [0.2], 64: [] } }, 1);
    const [svg] = named(whole(sweepPage(of)), 'svg').filter((e) => e.attributes.role === 'img');
    if (svg === undefined) expect.fail();
    const marks = all(svg).filter((e) => e.name === 'text' && ['2', '4', '64'].includes(e.text));
    const places = marks.map((e) => Number(/translate\(([\d.]+)/.exec(e.attributes.transform ?? '')?.[1]));
    expect(places).toHaveLength(3);
    expect(Math.max(...places)).toBeLessThan(Number(svg.attributes.width));
  });

  test('numbers are said with what they are of', () => {
    const widths = { path: 'Net.width', label: 'width', values: [4, 8].map((n) => ({ text: `${n}`, number: n })) };
    const of = { ...results, axes: batch === undefined ? [] : [widths, batch] };
    expect(textOf(whole(sweepPage(of)))).toContain('At batch 4: width 8 10.00%');
  });

  test('one numeric axis is a line', () => {
    const of = {
      ...results,
      axes: batch === undefined ? [] : [batch],
      runs: runs.map((r) => ({ ...r, values: [r.values[1] ?? 0] })),
    };
    expect(labels(of).slice(0, 2)).toEqual(['test error against batch', 'test loss against batch']);
  });

  test('a third axis makes panels', () => {
    const width = { path: 'Net.width', label: 'width', values: [4, 8].map((n) => ({ text: String(n), number: n })) };
    const of = {
      ...results,
      axes: [...results.axes, width],
      runs: [0, 1].flatMap((w) => runs.map((r) => ({ ...r, values: [...r.values, w] }))),
    };
    const html = sweepPage(of);
    expect(html).toContain('test error, width 4');
    expect(html).toContain('test error, batch 8');
    expect(labels(of).filter((l) => l === 'test error against batch by norm')).toHaveLength(2);
  });

  test('of which nothing finished', () => {
    expect(() => labels(madeUp({ none: { 2: [] } }, 1))).not.toThrow();
  });

  test('whose results are all one number', () => {
    expect(labels(madeUp({ none: { 2: [0, 0] }, batch: { 2: [0, 0] } }, 2))[0]).toBe('test error by norm, batch 2');
  });
});

describe('tables', () => {
  test('a row a combination', () => {
    const { columns, rows } = resultTable(results);
    expect(columns.map((c) => c.name)).toEqual(['norm', 'batch', 'accuracy', 'loss', 'time', 'runs']);
    expect(rows[0]).toEqual(['none', '2', '–', '–', '–', '0 of 2, 2 failed']);
    expect(rows[1]).toEqual(['none', '4', '69.50% ± 0.71', '0.9150 ± 0.0212', '10.0s', '2 of 2']);
  });

  test('CSV, quoted where it must be', () => {
    const [head, , second] = tableCsv(results).split('\n');
    expect(head).toBe(
      'policy.norm,batch,accuracy mean,accuracy deviation,loss mean,loss deviation,seconds,finished,failed,skipped',
    );
    expect(second).toMatch(/^none,4,0\.695,0\.00707\d*,0\.9149*,0\.0212\d*,10,2,0,0$/);
    expect(tableCsv(results)).toContain('"odd ""<&>"" name",2,');
    expect(runsCsv(results).trim().split('\n')).toHaveLength(1 + results.runs.length);
  });

  test('of a page keep their signs', () => {
    const root = read(table([{ name: 'a<b' }, { name: 'n', numeric: true }], [['&', { html: '<b>1</b>' }]]));
    expect(named(root, 'th').map((e) => e.text)).toEqual(['a<b', 'n']);
    expect(named(root, 'b').map((e) => e.text)).toEqual(['1']);
  });
});

describe('charts', () => {
  const line: LineChart = {
    label: 'a chart',
    x: { label: 'batch', scale: 'log', ticks: [2, 4, 8] },
    y: { label: 'error', format: 'percent' },
    series: [{ name: 'one', points: [2, 4, 8].map((x) => ({ x, y: 0.1 * x, low: 0.08 * x, high: 0.12 * x })) }],
  };

  test('a point a value, a bar a spread, a mark a tick', () => {
    const svg = read(lineChart(line));
    const part = (name: string) => all(svg).find((e) => e.attributes['aria-label'] === name)?.children ?? [];
    expect(part('dot')).toHaveLength(3);
    expect(part('rule')).toHaveLength(3);
    expect(part('x-axis tick label').map((e) => e.text)).toEqual(['2', '4', '8']);
    expect(part('dot').map((e) => e.children[0]?.text)[0]).toBe('one\nbatch 2\nerror 20%\n16% to 24%');
  });

  test('no point is drawn where there is no number', () => {
    const holes = [...(line.series[0]?.points ?? []), { x: 16, y: Number.NaN }];
    expect(lineChart({ ...line, series: [{ name: 'one', points: holes }] })).toBe(lineChart(line));
    expect(() => read(lineChart({ ...line, series: [] }))).not.toThrow();
  });

  test('a matrix has a cell for every number', () => {
    const svg = read(
      matrixChart({
        label: 'm',
        x: 'taken for',
        y: 'is',
        rows: ['a', 'b'],
        columns: ['a', 'b'],
        values: [
          [3, 0],
          [null, 2],
        ],
      }),
    );
    expect(all(svg).filter((e) => e.name === 'rect')).toHaveLength(3);
    expect(
      all(svg)
        .filter((e) => e.name === 'text')
        .map((e) => e.text),
    ).toEqual(expect.arrayContaining(['3', '2']));
  });

  test('a page escapes its title', () => {
    expect(named(whole(page({ title: 'a < b & c', sections: [] })), 'title').map((e) => e.text)).toEqual(['a < b & c']);
  });
});
