/** How far the values of each layer spread before the first update, by the scale of the first weights. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { plain } from '../../src/report/index.ts';
import { lineChart, type Series } from '../../src/report/lines.ts';
import { markdownTable } from './markdown.ts';
import type { Found } from './results.ts';

export interface Beginnings {
  readonly svg: string;
  readonly names: readonly string[];
  readonly table: string;
}

/** The sweep's folder has a run with `--inspect` for each scale beside its cases. */
export const inspected = (folder: string, sigma: string): string => path.join(`${folder}-inspected`, `sigma=${sigma}`);

export function beginnings({ folder, results }: Found): Beginnings {
  const names = (results.axes[0]?.values ?? []).map(({ text }) => text);
  const spreads = names.map((sigma) => spreadsIn(path.join(inspected(folder, sigma), 'history.jsonl')));
  const series = names.map(
    (name, i): Series => ({
      name: `σ ${name}`,
      points: (spreads[i] ?? []).map((y, layer) => ({ x: layer + 1, y })),
    }),
  );
  const count = Math.max(0, ...spreads.map((s) => s.length));
  const svg = lineChart({
    label: 'standard deviation of what each layer gives before the first update',
    x: { label: 'hidden layer', ticks: Array.from({ length: count }, (_, i) => i + 1) },
    y: { label: 'standard deviation', scale: 'log' },
    series,
  });
  const table = markdownTable(
    ['σ', ...Array.from({ length: count }, (_, i) => `layer ${i + 1}`)],
    names.map((name, i) => [name, ...(spreads[i] ?? []).map((v) => plain(Number(v.toPrecision(3))))]),
  );
  return { svg, names, table };
}

/** Of dense1, dense2 …: the first time that the run was looked into. */
function spreadsIn(file: string): readonly number[] {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const entry: unknown = line === '' ? null : JSON.parse(line);
    if (!isObject(entry) || entry.kind !== 'inspect' || !isObject(entry.layers)) continue;
    return Object.entries(entry.layers).flatMap(([name, layer]) =>
      /^dense\d+$/.test(name) && isObject(layer) && typeof layer.std === 'number' ? [layer.std] : [],
    );
  }
  throw new Error(`${file} has nothing of --inspect`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
