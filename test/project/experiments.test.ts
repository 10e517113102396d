/** The experiments: their specs are clean, their pages whole, and what is said of figures is what was measured. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { tables } from '../../scripts/experiments/data.ts';
import { withMeasured } from '../../scripts/experiments/markdown.ts';
import { commandOf, fileOf, folder, names, readmeOf } from '../../scripts/experiments/specs.ts';
import { checkSweep } from '../../src/check/index.ts';
import { checkSpec, readSpec } from '../../src/cli/spec.ts';
import { format } from '../../src/format/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('there are some', () => {
  expect(names.length).toBeGreaterThan(8);
});

describe.each(names)('%s', (name) => {
  const spec = readSpec(fileOf(name, 'nrm'));
  const page = readFileSync(readmeOf(name), 'utf8');
  const sweeps = spec.tree.declarations.filter((d) => d.kind === 'sweep');

  /** What stands under a heading, to the next one. */
  const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0]?.trim() ?? '';

  test('its spec is clean and laid out', () => {
    const found = checkSpec(spec, null, {}).filter((d) => d.severity !== 'remark');
    expect(found.map((d) => `${d.code} ${d.message}`)).toEqual([]);
    expect(format(spec.text, name).text).toBe(spec.text);
  });

  test('it is one sweep, every case of which checks', () => {
    expect(sweeps).toHaveLength(1);
    const { plan, diagnostics, refused } = checkSweep(spec.program, sweeps[0] ?? expect.fail('no sweep'));
    const wrong = diagnostics.filter((d) => d.severity === 'error');
    expect([...wrong, ...refused].map((d) => `${d.code} ${d.message}`)).toEqual([]);
    expect(plan?.repeats).toBeGreaterThan(1);
    expect(spec.text).toMatch(/ seed: \d+/);
    const count = plan?.cases.length ?? 0;
    expect(page).toMatch(new RegExp(`(^| of )${count} runs (in|finished, in) `, 'm'));
  });

  test('its page has one command, and that is of its spec', () => {
    expect(page.match(/^npx nrmc sweep /gm)).toHaveLength(1);
    const [, file, ...options] = commandOf(name);
    expect(path.resolve(root, file ?? '')).toBe(fileOf(name, 'nrm'));
    const data = options[options.indexOf('--data') + 1];
    if (options.includes('--data')) expect(existsSync(path.resolve(root, data ?? ''))).toBe(true);
  });

  test('its page has its parts, and what it links to is there', () => {
    expect(page).toMatch(/^# \S/);
    expect(page).toContain(`](${name}.svg)`);
    expect(section('What it shows').length).toBeGreaterThan(80);
    expect(page).not.toContain('TODO');
    const links = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((m) => m[1] ?? '');
    expect(links.filter((l) => !/^https?:/.test(l) && !existsSync(path.join(folder, name, l)))).toEqual([]);
  });

  test('figures that it tells were measured', () => {
    const measured = section('Measured');
    const told: readonly string[] = section('What it shows').match(/\d+\.\d+(?:e-\d+)?/g) ?? [];
    const settings: readonly string[] = spec.text.match(/\d+\.\d+/g) ?? [];
    expect(told.filter((figure) => !measured.includes(figure) && !settings.includes(figure))).toEqual([]);
    expect(measured.match(/\d+\.\d+% ± |\d+\.\d+ ± /g)?.length).toBeGreaterThan(1);
  });

  test('its picture is whole and small', () => {
    const svg = readFileSync(fileOf(name, 'svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="[^"]+"[^>]* viewBox="0 0 \d+ [\d.]+"/);
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(svg.length).toBeLessThan(60_000);
  });
});

test('the page of all of them has each once', () => {
  const page = readFileSync(path.join(root, 'docs/experiments.md'), 'utf8');
  const linked = [...page.matchAll(/\]\(\.\.\/examples\/experiments\/([a-z-]+)\/README\.md\)/g)].map((m) => m[1]);
  expect(linked.toSorted()).toEqual([...names]);
});

test.each([...tables()])('%s is as scripts/experiments/data.ts writes it', (file, text) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a page keeps everything but its measured part', () => {
  const page = readFileSync(readmeOf(names[0] ?? ''), 'utf8');
  const once = withMeasured(page, '42 runs', 'page');
  expect(once).toContain('42 runs');
  expect(withMeasured(once, '42 runs', 'page')).toBe(once);
  const outside = (text: string): readonly string[] =>
    text.split(/<!-- measured[\s\S]*<!-- end of what was measured -->/);
  expect(outside(once)).toEqual(outside(page));
  expect(() => withMeasured('# No such part\n', '', 'page')).toThrow(/no measured part/);
});
