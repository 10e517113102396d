/** `nrmc fmt` as a user meets it. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, test } from 'vitest';
import { command, nrmc, workFolder } from '../cli/run.ts';

const root = workFolder();
let folder = root;
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'fmt-'));
});

const frayed = 'policy  P { a:1 }\n';
const neat = 'policy P { a: 1 }\n';
const wrong = 'policy  P { a:1 }\ntrain t {\n  a =  1\n  b:2 }\n';
const wrongNow = 'policy P { a: 1 }\n\ntrain t {\n  a =  1\n  b: 2\n}\n';

const at = (name: string): string => path.join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const write = (name: string, text: string | Uint8Array): void => {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
};

function stdin(input: string, ...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'fmt', '--stdin', ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}

describe('files', () => {
  test('rewritten in place, those that change; nothing else is left behind', () => {
    write('a.nrm', frayed);
    write('b.nrm', neat);
    utimesSync(at('b.nrm'), 1, 1);
    expect(nrmc(folder, 'fmt', 'a.nrm', 'b.nrm')).toEqual({ code: 0, out: 'a.nrm\n', err: '' });
    expect([read('a.nrm'), read('b.nrm')]).toEqual([neat, neat]);
    expect(statSync(at('b.nrm')).mtimeMs).toBe(1000);
    expect(readdirSync(folder).toSorted()).toEqual(['a.nrm', 'b.nrm']);
    expect(nrmc(folder, 'fmt', 'a.nrm')).toEqual({ code: 0, out: '', err: 'formatted already\n' });
  });

  test('only checked: nothing is written', () => {
    write('a.nrm', frayed);
    write('b.nrm', neat);
    expect(nrmc(folder, 'fmt', '--check', 'a.nrm', 'b.nrm')).toEqual({
      code: 1,
      out: 'a.nrm\n',
      err: 'this file is not formatted; `nrmc fmt` formats it\n',
    });
    expect(read('a.nrm')).toBe(frayed);
    expect(nrmc(folder, 'fmt', '--check', 'b.nrm').code).toBe(0);
  });

  test('folders: the specs in them and below, each once', () => {
    for (const name of ['x/a.nrm', 'x/y/b.nrm', 'x/node_modules/c.nrm', 'x/.hidden/d.nrm', 'x/e.txt'])
      write(name, frayed);
    const { code, out } = nrmc(folder, 'fmt', 'x', 'x/a.nrm');
    expect({ code, out }).toEqual({ code: 0, out: `${path.join('x', 'a.nrm')}\n${path.join('x', 'y', 'b.nrm')}\n` });
    expect(read('x/node_modules/c.nrm')).toBe(frayed);
    expect(read('x/e.txt')).toBe(frayed);
  });

  test.skipIf(process.platform === 'win32')('mode and links stay', () => {
    write('a.nrm', frayed);
    chmodSync(at('a.nrm'), 0o666);
    symlinkSync('a.nrm', at('link.nrm'));
    expect(nrmc(folder, 'fmt', 'link.nrm').code).toBe(0);
    expect(lstatSync(at('link.nrm')).isSymbolicLink()).toBe(true);
    expect(statSync(at('a.nrm')).mode & 0o777).toBe(0o666);
    expect(read('a.nrm')).toBe(neat);
  });

  test('line ends and a byte order mark stay', () => {
    write('a.nrm', '\uFEFFpolicy  P {\r\n a:1 }\r\n');
    expect(nrmc(folder, 'fmt', 'a.nrm').code).toBe(0);
    expect(read('a.nrm')).toBe('\uFEFFpolicy P {\r\n  a: 1\r\n}\r\n');
  });

  test('with an error: formatted around it, and reported where it is now', () => {
    write('a.nrm', wrong);
    const { code, out, err } = nrmc(folder, 'fmt', 'a.nrm');
    expect({ code, out, text: read('a.nrm') }).toEqual({ code: 1, out: 'a.nrm\n', text: wrongNow });
    expect(err).toContain('a.nrm:4:5');
    write('a.nrm', wrong);
    expect(nrmc(folder, 'fmt', '--check', 'a.nrm').err).toContain('a.nrm:3:5');
  });

  test('one that cannot be read does not keep the others from it', () => {
    write('a.nrm', frayed);
    write('b.nrm', new Uint8Array([0xff, 0xfe, 0x61]));
    const { code, out, err } = nrmc(folder, 'fmt', 'missing.nrm', 'b.nrm', 'a.nrm');
    expect({ code, out }).toEqual({ code: 1, out: 'a.nrm\n' });
    expect(err).toContain('error[NRM0101]: cannot read missing.nrm');
    expect(err).toContain('error[NRM0112]: b.nrm is not text');
    expect([...readFileSync(at('b.nrm'))]).toEqual([0xff, 0xfe, 0x61]);
  });
});

describe('standard input', () => {
  test('formatted to standard output', () => {
    expect(stdin(frayed)).toEqual({ code: 0, out: neat, err: '' });
    expect(stdin('')).toEqual({ code: 0, out: '', err: '' });
  });

  test('only checked', () => {
    expect(stdin(frayed, '--check')).toEqual({ code: 1, out: '<stdin>\n', err: '' });
    expect(stdin(neat, '--check')).toEqual({ code: 0, out: '', err: '' });
  });

  test('with an error', () => {
    const { code, out, err } = stdin(wrong);
    expect({ code, out }).toEqual({ code: 1, out: wrongNow });
    expect(err).toContain('<stdin>:4:5');
  });
});

test('wrong usage', () => {
  expect(nrmc(folder, 'fmt')).toMatchObject({
    code: 2,
    err: expect.stringContaining("missing required argument 'file'"),
  });
  expect(nrmc(folder, 'fmt', '--stdin', 'a.nrm')).toMatchObject({ code: 2, err: expect.stringContaining('--stdin') });
});
