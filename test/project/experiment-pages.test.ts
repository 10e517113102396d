/** What `npm run experiments` writes of results that nobody measured. */
import { describe, expect, test } from 'vitest';
import { gaps } from '../../scripts/experiments/gaps.ts';
import { markdownTable } from '../../scripts/experiments/markdown.ts';
import { measuredPart } from '../../scripts/experiments/measured.ts';
import { pairs } from '../../scripts/experiments/pairs.ts';
import { pictureOf } from '../../scripts/experiments/picture.ts';
import { shownOf } from '../../scripts/experiments/shown.ts';
import { madeUp } from '../report/made-up.ts';

const results = madeUp(
  {
    none: { 2: [0.2, 0.21, 0.2], 8: [0.2, 0.19, 0.2] },
    batch: { 2: [0.3, 0.31, 0.32], 8: [0.15, 0.16, 0.15] },
    frn: { 2: [0.18, 0.2, 0.19], 8: [] },
  },
  3,
);
const found = { folder: '/nowhere', results, seeds: [0, 1, 2] };
const shown = shownOf('norm-by-batch', found);
const part = measuredPart(found, shown);

describe('the measured part', () => {
  test('counts runs that finished, and says how long all took', () => {
    expect(part).toMatch(/^15 of 18 runs finished, in 2m 05s, 2 at a time, on wasm; seeds 0, 1, 2; nrmc 0\.1\.0\./);
  });

  test('has a row for each combination', () => {
    const rows = part.split('\n').filter((line) => /^\| (none|batch|frn) \| \d/.test(line));
    expect(rows).toHaveLength(6);
    expect(rows[0]).toContain('| none | 2 | 79.67% ± 0.58 |');
    expect(rows[5]).toContain('| – | – |');
  });

  test('answers, orders, and names what failed', () => {
    expect(part).toContain(
      '**At batch 2 batch norm falls behind: error 31.00% ± 1.00 with batch, 19.00% ± 1.00 with frn',
    );
    expect(part).toContain(
      '- At batch 8: batch 15.33% ± 0.58, none 19.67% ± 0.58; behind batch by more than the spread',
    );
    expect(part).toContain('No run of frn finished.');
  });
});

test('gaps are those of the last epoch', () => {
  const [, table = ''] = gaps(found);
  expect(table).toContain('| norm none, batch 2 | 0.3333 ± 0.0000 | 0.5000 ± 0.0000 | 0.1667 ± 0.0000 |');
  expect(table).toContain('| norm frn, batch 8 | – | – | – |');
});

test('pairs are compared within repeats', () => {
  const [, table = ''] = pairs(found, 'batch');
  // 10, 10 and 12 points more than none; 12, 11 and 13 more than frn, which has no finished run at batch 8.
  expect(table.split('\n').slice(2)).toEqual([
    '| 2 | **+10.67 ± 1.15** | **+12.00 ± 1.00** |',
    '| 8 | **−4.33 ± 1.15** | – |',
  ]);
});

test('cells of tables may have bars in them', () => {
  expect(markdownTable(['a'], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |');
});

describe('the picture', () => {
  const names = Array.from({ length: 30 }, (_, i) => ({
    name: `a long name of a case, number ${i} < ${i + 1}`,
    colour: i,
  }));
  const [figure] = shown.figures;
  if (figure === undefined) throw new Error('a comparison has a chart');
  const svg = pictureOf({
    title: 'Three & more',
    figures: [figure, figure, figure],
    legend: names,
    notes: ['and so on'],
  });

  test('brings its colours along', () => {
    const used = new Set([...svg.matchAll(/var\((--[a-z0-9-]+)\)/g)].map((m) => m[1] ?? ''));
    expect(used.size).toBeGreaterThan(5);
    expect([...used].filter((name) => !svg.includes(`${name}:#`))).toEqual([]);
  });

  test('has every tag closed, and text escaped', () => {
    const open: string[] = [];
    for (const [, end, name = '', alone] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(name);
      else if (alone !== '/') open.push(name);
    }
    expect(open).toEqual([]);
    expect(svg).toContain('<title>Three &amp; more</title>');
    expect(svg).toContain('number 29 &lt; 30');
  });

  test('holds all of its charts and names', () => {
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
    const places = [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)/g)].map(
      (m) => [Number(m[1]), Number(m[2])] as const,
    );
    expect(places.length).toBeGreaterThan(names.length + 3);
    for (const [x, y] of places) {
      expect(x).toBeLessThan(Number(width));
      expect(y).toBeLessThan(Number(height));
    }
  });
});
