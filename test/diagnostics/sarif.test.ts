/** The log against the published schema of SARIF 2.1.0, and what of it a person sees in a pull request. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { Log } from 'sarif';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { toSarif } from '../../src/diagnostics/sarif.ts';
import { parse } from '../../src/parser/index.ts';
import { at, error } from './support.ts';

const schemaFile = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
// The schema is of draft 4 and uses nothing of it that later drafts read otherwise, but for the names of these two.
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false }).compile(
  schema,
);

const logOf = (diagnostics: readonly Diagnostic[], sources: Readonly<Record<string, string>>): Log => {
  const log: Log = toSarif(diagnostics, (file) => sources[file], '1.2.3');
  // As it is written: what is undefined is left out.
  const written = JSON.parse(JSON.stringify(log)) as unknown;
  validate(written);
  expect(validate.errors ?? []).toEqual([]);
  return log;
};

describe('a log', () => {
  test('of nothing is valid', () => expect(logOf([], {}).runs[0]?.results).toEqual([]));

  test('of real errors is valid, and says what a terminal says', async () => {
    const text = 'network LeNet {\n  conv(6, kernel=5), flatten\n  dense(10\n}\ntrain lenet { batch 64 }\n';
    const { diagnostics } = parse(text, 'specs/le net.nrm');
    const log = logOf(diagnostics, { 'specs/le net.nrm': text });
    await expect(`${JSON.stringify(log, null, 2)}\n`).toMatchFileSnapshot('golden/sarif.json');
  });

  test('is refused by the schema when it is wrong', () => {
    expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
    expect(validate({ version: '2.0.0', runs: [] })).toBe(false);
  });
});

describe('places', () => {
  const regionOf = (diagnostic: Diagnostic, text: string): unknown =>
    logOf([diagnostic], { 'a.nrm': text }).runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.region;

  test('are lines and UTF-16 columns from 1, ends exclusive', () => {
    const text = 'a\r\n"😀" groups: 4\r\n';
    expect(regionOf(error([at(text, 'groups: 4', '', 'a.nrm')]), text)).toEqual({
      startLine: 2,
      startColumn: 6,
      endLine: 2,
      endColumn: 15,
    });
  });

  test('over several lines, of no width, and outside of the text', () => {
    const text = 'ab\ncd\n';
    const region = (start: number, end: number): unknown =>
      regionOf(error([{ span: { file: 'a.nrm', start, end }, text: '' }]), text);
    expect(region(1, 5)).toEqual({ startLine: 1, startColumn: 2, endLine: 2, endColumn: 3 });
    expect(region(2, 2)).toEqual({ startLine: 1, startColumn: 3, endLine: 1, endColumn: 3 });
    expect(region(90, 95)).toEqual({ startLine: 3, startColumn: 1, endLine: 3, endColumn: 1 });
  });

  test('of a file whose text is not known have no region, of a diagnostic without a place no location', () => {
    const log = logOf([error([at('x', 'x', '', 'gone.nrm')]), error([])], {});
    expect(log.runs[0]?.results?.map((r) => r.locations)).toEqual([
      [{ physicalLocation: { artifactLocation: { uri: 'gone.nrm', uriBaseId: '%SRCROOT%' } } }],
      [],
    ]);
  });

  test.each([
    ['./specs/a b.nrm', { uri: 'specs/a%20b.nrm', uriBaseId: '%SRCROOT%' }],
    ['specs\\ü.nrm', { uri: 'specs/%C3%BC.nrm', uriBaseId: '%SRCROOT%' }],
    ['/home/x/a.nrm', { uri: 'file:///home/x/a.nrm' }],
    ['C:\\x\\a.nrm', { uri: 'file:///C:/x/a.nrm' }],
  ])('in %s have an address', (file, location) => {
    const [result] = logOf([error([at('x', 'x', '', file)])], { [file]: 'x' }).runs[0]?.results ?? [];
    expect(result?.locations?.[0]?.physicalLocation?.artifactLocation).toEqual(location);
  });
});

test('further labels are related locations, fixes are replacements, severities levels, codes rules', () => {
  const text = 'conv(6) norm act';
  const diagnostics = [
    error([at(text, 'norm', 'here', 'a.nrm'), at(text, 'act', 'and here', 'a.nrm')], {
      help: 'swap them',
      fix: [
        { span: at(text, 'norm', '', 'a.nrm').span, text: 'act' },
        { span: at(text, 'act', '', 'a.nrm').span, text: 'norm' },
      ],
    }),
    error([], { code: 'NRM1001', severity: 'remark' }),
    error([], { code: 'NRM2103', severity: 'warning' }),
    // A fix in a file whose text is not known cannot be written down.
    error([], { fix: [{ span: { file: 'gone', start: 0, end: 1 }, text: '' }] }),
  ];
  const [run] = logOf(diagnostics, { 'a.nrm': text }).runs;
  expect(run?.tool.driver).toMatchObject({ name: 'nrmc', version: '1.2.3' });
  expect(run?.tool.driver.rules?.map((r) => r.id)).toEqual(['NRM1001', 'NRM2103']);
  expect(run?.results?.map((r) => [r.ruleId, r.ruleIndex, r.level, r.fixes?.length ?? 0])).toEqual([
    ['NRM2103', 1, 'error', 1],
    ['NRM1001', 0, 'note', 0],
    ['NRM2103', 1, 'warning', 0],
    ['NRM2103', 1, 'error', 0],
  ]);
  const [first] = run?.results ?? [];
  expect(first?.message.text).toBe('a message\nhelp: swap them');
  expect(first?.relatedLocations?.map((l) => [l.id, l.message?.text, l.physicalLocation?.region?.startColumn])).toEqual(
    [[1, 'and here', 14]],
  );
  expect(first?.fixes?.[0]?.artifactChanges[0]?.replacements.map((r) => r.insertedContent?.text)).toEqual([
    'act',
    'norm',
  ]);
});
