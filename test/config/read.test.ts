/** `nrmc.json`: what is read, and what is said of what cannot be. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generate } from '../../scripts/lints.ts';
import { withLevels } from '../../src/config/levels.ts';
import { readConfig } from '../../src/config/read.ts';
import { settable } from '../../src/diagnostics/catalog/settable.ts';
import type { Diagnostic, Severity } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (text: string) => readConfig(text, 'nrmc.json');

test('levels, folders and a schema', () => {
  const { config, diagnostics } = read(
    '{ "$schema": "x.json", "lints": { "NRM6001": "off", "NRM6002": "error" }, "imports": ["../common"] }',
  );
  expect(diagnostics).toEqual([]);
  expect([...config.lints]).toEqual([
    ['NRM6001', 'off'],
    ['NRM6002', 'error'],
  ]);
  expect(config.imports.map((i) => i.folder)).toEqual(['../common']);
});

describe('what is wrong, and where', () => {
  test.each([
    ['', ['NRM0131 nrmc.json cannot be read: a value is expected @ ']],
    ['{', ['NRM0131 nrmc.json cannot be read: a `}` is expected @ ']],
    ['{ "imports": [], }', ['NRM0131 nrmc.json cannot be read: a name in double quotes is expected @ }']],
    ['{} // no', ['NRM0131 nrmc.json cannot be read: a comment @ // no']],
    ['[]', ['NRM0135 `nrmc.json` takes an object: `{ "lints": { … } }`, found a list @ []']],
    ['{ "lint": {} }', ['NRM0132 nrmc.json has no setting `lint` @ "lint"']],
    ['{ "lints": [] }', ['NRM0135 `lints` takes an object of codes and levels, found a list @ []']],
    [
      '{ "lints": { "NRM6001": true } }',
      ['NRM0135 `NRM6001` takes "off", "remark", "warning" or "error", found `true` @ true'],
    ],
    ['{ "lints": { "NRM2001": "off" } }', ['NRM0134 NRM2001 is an error and stays one @ "NRM2001"']],
    ['{ "lints": { "softmax": "off" } }', ['NRM0134 there is no lint `softmax` @ "softmax"']],
    ['{ "imports": "../x" }', ['NRM0135 `imports` takes a list of folders: `["../common"]`, found `"../x"` @ "../x"']],
    ['{ "imports": ["a", ""] }', ['NRM0135 `imports` takes a list of folders: `["../common"]`, found `""` @ ""']],
    ['{ "imports": [], "imports": [] }', ['NRM0133 `imports` is written twice @ "imports"']],
    [
      '{ "lnts": 1, "lints": { "NRM606": "off" } }',
      ['NRM0132 nrmc.json has no setting `lnts` @ "lnts"', 'NRM0134 there is no lint `NRM606` @ "NRM606"'],
    ],
  ])('%s', (text, expected) => {
    const shown = read(text).diagnostics.map((d) => {
      const span = d.labels[0]?.span;
      return `${d.code} ${d.message} @ ${text.slice(span?.start, span?.end)}`;
    });
    expect(shown).toEqual(expected);
  });

  test('what is right beside it is kept', () => {
    expect([...read('{ "lints": { "NRM6001": "off", "NRM2001": "off" } }').config.lints.keys()]).toEqual(['NRM6001']);
  });

  test.each([
    ['warn', 'did you mean `warning`?'],
    ['Error', 'did you mean `error`?'],
    ['remrak', 'did you mean `remark`?'],
    ['loud', null],
  ])('level %s', (level, help) => {
    expect(read(`{ "lints": { "NRM6001": "${level}" } }`).diagnostics.map((d) => d.help)).toEqual([help]);
  });

  test('as a terminal shows it', () => {
    const text = '{\n  "lints": { "NRM6012": "warn" }\n}\n';
    const [found] = read(text).diagnostics;
    expect(found && renderDiagnostic(found, () => text, { color: false })).toMatchInlineSnapshot(`
      "error[NRM0135]: \`NRM6012\` takes "off", "remark", "warning" or "error", found \`"warn"\`
        ┌─ nrmc.json:2:25
      2 │   "lints": { "NRM6012": "warn" }
        │                         ^^^^^^ not accepted
        = help: did you mean \`warning\`?
        = explain: nrmc explain NRM0135"
    `);
  });

  test('never throws, however deep', () => {
    for (const text of ['['.repeat(100_000), '{"lints":'.repeat(50_000)])
      expect(read(text).diagnostics.map((d) => d.code)).toEqual(['NRM0131']);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.string().map((s) => `{ "lints": ${s}`),
        ),
        (text) => {
          read(text);
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('levels', () => {
  const of = (code: string, severity: Severity): Diagnostic => ({
    code,
    severity,
    message: '',
    labels: [],
    help: null,
    fix: [],
  });
  const { config } = read(
    '{ "lints": { "NRM6001": "off", "NRM6002": "error", "NRM6010": "warning", "NRM6003": "remark" } }',
  );

  test('each finding at its level', () => {
    const found = [
      of('NRM6001', 'warning'),
      of('NRM6002', 'warning'),
      of('NRM6010', 'remark'),
      of('NRM6003', 'warning'),
      of('NRM6004', 'warning'),
    ];
    expect(withLevels(found, config).map((d) => `${d.code} ${d.severity}`)).toEqual([
      'NRM6002 error',
      'NRM6010 warning',
      'NRM6003 remark',
      'NRM6004 warning',
    ]);
  });

  test('law: no error is lost, and twice is once', () => {
    const diagnostic = fc.record({
      code: fc.constantFrom('NRM2001', ...settable.map((d) => d.code)),
      severity: fc.constantFrom<Severity>('error', 'warning', 'remark'),
    });
    fc.assert(
      fc.property(fc.array(diagnostic), (found) => {
        const all = found.map((d) => of(d.code, d.severity));
        const once = withLevels(all, config);
        expect(withLevels(once, config)).toEqual(once);
        const errors = all.filter((d) => d.severity === 'error');
        expect(once.filter((d) => errors.includes(d))).toEqual(errors);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe.each([...generate()])('%s', (file, text) => {
  test('is what the catalogue says now (else: node scripts/lints.ts)', () => {
    expect(readFileSync(path.join(root, file), 'utf8')).toBe(text);
  });
});

test.each(['NRM0131', 'NRM0132', 'NRM0133', 'NRM0134', 'NRM0135'])('the page of %s', (code) => {
  const page = readFileSync(path.join(root, `docs/errors/${code}.md`), 'utf8');
  const [wrong = '', right = ''] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  expect(read(wrong).diagnostics.map((d) => d.code)).toEqual([code]);
  expect(read(right).diagnostics).toEqual([]);
});
