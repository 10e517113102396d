/** `nrmc check`: repairs, levels of a project, and what counts as failing. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nrmc, workFolder } from './run.ts';

const folder = workFolder();
// Else the project would be the nearest one above the temporary folder.
writeFileSync(path.join(folder, 'nrmc.json'), '{}');
const write = (name: string, text: string | Uint8Array): string => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
  return name;
};
const textOf = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

const wrong = `network Net with P {
  input image: float32[8, 8, 1]
  conv(4, kernel: 3, bias: true), norm  act
  flatten
  dense(3)
  softmax
}

policy P { norm: batch  act: relu }
`;
const right = `network Net with P {
  input image: float32[8, 8, 1]
  conv(4, kernel: 3) norm  act
  flatten
  dense(3)
}

policy P { norm: batch  act: relu }
`;

describe('--fix', () => {
  test('what is to fix in an imported file is said to be there', () => {
    write('imported.nrm', 'policy P { act: relu;  norm: batch }\n');
    write(
      'importing.nrm',
      'import { P } from "./imported.nrm"\nnetwork N with P { input x: float32[8, 8, 1]  conv(2, kernel: 3)  norm  act  flatten  dense(2) }\n',
    );
    const { code, err } = nrmc(folder, 'check', 'importing.nrm', '--fix');
    expect(code).toBe(1);
    expect(err).toContain('imported.nrm has something to fix too: nrmc check --fix imported.nrm\n');
    expect(nrmc(folder, 'check', 'importing.nrm', 'imported.nrm', '--fix').err).not.toContain('too:');
  });

  test('repairs what is certain, and says what', () => {
    const file = write('wrong.nrm', wrong);
    const { code, out, err } = nrmc(folder, 'check', file, '--fix');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchInlineSnapshot(`
      "wrong.nrm:3:33: fixed NRM1011, a separator where none is written
      wrong.nrm:6:3: fixed NRM2009, softmax stands in a network
      wrong.nrm:3:22: fixed NRM6006, a bias that a norm takes away again
      wrong.nrm: fine
      "
    `);
    expect(textOf(file)).toBe(right);
    expect(nrmc(folder, 'check', file, '--fix')).toEqual({ code: 0, out: 'wrong.nrm: fine\n', err: '' });
  });

  test('--dry-run prints the change and writes nothing', () => {
    const file = write('dry.nrm', wrong);
    const { code, out, err } = nrmc(folder, 'check', file, '--fix', '--dry-run');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchInlineSnapshot(`
      "--- dry.nrm
      +++ dry.nrm
      @@ -1,8 +1,7 @@
       network Net with P {
         input image: float32[8, 8, 1]
      -  conv(4, kernel: 3, bias: true), norm  act
      +  conv(4, kernel: 3) norm  act
         flatten
         dense(3)
      -  softmax
       }
      "
    `);
    expect(textOf(file)).toBe(wrong);
  });

  test('what remains is said as ever, with exit 1 when an error is among it', () => {
    const file = write('rest.nrm', wrong.replace('flatten', 'flattn'));
    const { code, out, err } = nrmc(folder, 'check', file, '--fix');
    expect(code).toBe(1);
    expect(out).toMatch(/^rest\.nrm:3:33: fixed NRM1011, .*\nrest\.nrm:6:3: fixed NRM2009, .*\n$/);
    expect(err).toContain('error[NRM2003]: there is no layer or block `flattn`');
  });

  test('as JSON the list stands beside what remains', () => {
    const file = write('json.nrm', wrong);
    const { code, out, err } = nrmc(folder, 'check', file, '--fix', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([]);
    expect(err).toContain('json.nrm:3:22: fixed NRM6006');
  });

  test('links, modes, byte order marks and line ends stay', () => {
    write('real.nrm', `\ufeff${wrong.replaceAll('\n', '\r\n')}`);
    chmodSync(path.join(folder, 'real.nrm'), 0o640);
    symlinkSync('real.nrm', path.join(folder, 'link.nrm'));
    expect(nrmc(folder, 'check', 'link.nrm', '--fix').code).toBe(0);
    expect(lstatSync(path.join(folder, 'link.nrm')).isSymbolicLink()).toBe(true);
    expect(statSync(path.join(folder, 'real.nrm')).mode & 0o777).toBe(0o640);
    expect(textOf('real.nrm')).toBe(`\ufeff${right.replaceAll('\n', '\r\n')}`);
  });

  test('an imported file that is not named is not touched', () => {
    const blocks = write('blocks.nrm', 'block Cell(filters) { conv(filters, kernel: 3, bias: true)  norm }\n');
    const before = textOf(blocks);
    const file = write(
      'uses.nrm',
      'import { Cell } from "./blocks.nrm"\nnetwork N with P { input x: float32[8, 8, 1]  Cell(4) }\npolicy P { norm: batch }\n',
    );
    const { code, err } = nrmc(folder, 'check', file, '--fix');
    expect(code).toBe(0);
    expect(err).toContain('warning[NRM6006]');
    expect(err).toContain('blocks.nrm:1:48');
    expect(textOf(blocks)).toBe(before);
  });

  test('--dry-run needs --fix', () => {
    expect(nrmc(folder, 'check', 'wrong.nrm', '--dry-run')).toMatchObject({ code: 2, out: '' });
  });
});

test('--deny-warnings: exit 1 with a warning, not with a remark', () => {
  const warned = write('warned.nrm', right.replace('kernel: 3', 'kernel: 3, bias: true'));
  expect(nrmc(folder, 'check', warned)).toMatchObject({ code: 0, out: 'warned.nrm: fine, with 1 warning\n' });
  const { code, out, err } = nrmc(folder, 'check', warned, '--deny-warnings');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('warning[NRM6006]');
  const remarked = write('remarked.nrm', right.replace('dense(3)', 'Dense: dense(3)'));
  expect(nrmc(folder, 'check', remarked, '--deny-warnings').code).toBe(0);
});

describe('nrmc.json', () => {
  const spec = right.replace('kernel: 3', 'kernel: 3, bias: true');

  test('the nearest one above the spec says what a lint counts as', () => {
    write('project/nrmc.json', '{ "lints": { "NRM6006": "off" } }');
    write('project/strict/nrmc.json', '{ "lints": { "NRM6006": "error" } }');
    const loose = write('project/specs/net.nrm', spec);
    const strict = write('project/strict/specs/net.nrm', spec);
    expect(nrmc(folder, 'check', loose)).toEqual({ code: 0, out: `${loose}: fine\n`, err: '' });
    const { code, err } = nrmc(folder, 'check', strict);
    expect(code).toBe(1);
    expect(err).toContain('error[NRM6006]');
  });

  test('what counts as an error is not built', () => {
    const { code, err } = nrmc(folder, 'build', 'project/strict/specs/net.nrm', '--out', 'out');
    expect(code).toBe(1);
    expect(err).toContain('error[NRM6006]');
  });

  test('what is wrong in it is said once, with its place, and nothing is built', () => {
    write('broken/nrmc.json', '{\n  "lint": {},\n  "imports": ["../nowhere"]\n}\n');
    const files = [write('broken/a.nrm', right), write('broken/b.nrm', right)];
    const { code, err } = nrmc(folder, 'check', ...files);
    expect(code).toBe(1);
    expect(err.match(/error\[NRM0132\]/g)).toHaveLength(1);
    expect(err.replace(/looked for .*/, 'looked for …')).toMatchInlineSnapshot(`
      "error[NRM0132]: nrmc.json has no setting \`lint\`
        ┌─ broken/nrmc.json:2:3
      2 │   "lint": {},
        │   ^^^^^^ unknown
        = help: did you mean \`lints\`?
        = explain: nrmc explain NRM0132

      error[NRM0136]: \`imports\` names a folder that is not there: ../nowhere
        ┌─ broken/nrmc.json:3:15
      3 │   "imports": ["../nowhere"]
        │               ^^^^^^^^^^^^ looked for …
        = help: folders are read from the one that holds nrmc.json
        = explain: nrmc explain NRM0136

      "
    `);
    expect(nrmc(folder, 'build', 'broken/a.nrm', '--out', 'out').code).toBe(1);
  });

  test('imports from a folder that it names', () => {
    write('common/blocks.nrm', 'block Cell(filters) { conv(filters, kernel: 3)  norm }\n');
    const text =
      'import { Cell } from "../common/blocks.nrm"\nnetwork N with P { input x: float32[8, 8, 1]  Cell(4) }\npolicy P { norm: batch }\n';
    write('alone/nrmc.json', '{}');
    write('allowed/nrmc.json', '{ "imports": ["../common"] }');
    expect(nrmc(folder, 'check', write('alone/net.nrm', text)).err).toContain('error[NRM2403]');
    expect(nrmc(folder, 'check', write('allowed/net.nrm', text)).code).toBe(0);
  });
});
