/** `nrmc check --format sarif`: a whole log on the standard output, whatever is found. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from 'sarif';
import { expect, test } from 'vitest';
import { nrmc, workFolder } from './run.ts';

const folder = workFolder();

test('SARIF names files from where it runs, and exits as always', () => {
  writeFileSync(path.join(folder, 'wrong.nrm'), 'policy Plain {\n  act = relu\n}\n');
  const { code, out, err } = nrmc(folder, 'check', 'wrong.nrm', 'gone.nrm', '--format', 'sarif');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const [run] = (JSON.parse(out) as Log).runs;
  expect(run?.results?.map((r) => [r.ruleId, r.locations?.[0]?.physicalLocation])).toEqual([
    [
      'NRM1013',
      {
        artifactLocation: { uri: 'wrong.nrm', uriBaseId: '%SRCROOT%' },
        region: { startLine: 2, startColumn: 7, endLine: 2, endColumn: 8 },
      },
    ],
    // A file that cannot be read is a result without a place.
    ['NRM0101', undefined],
  ]);
});

test('SARIF of a file without errors is a log without results', () => {
  writeFileSync(path.join(folder, 'fine.nrm'), 'policy Plain { act?: relu }\n');
  const { code, out } = nrmc(folder, 'check', 'fine.nrm', '--format', 'sarif');
  expect(code).toBe(0);
  expect((JSON.parse(out) as Log).runs[0]?.results).toEqual([]);
});
