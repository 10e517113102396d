/** The extension: what its manifest refers to is there, and the package holds it and nothing else. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawings, pixels } from '../../editors/vscode/icons/draw.mts';
import { borrowed, pack } from '../../scripts/vsix.ts';
import { colour, extension, grammarFile, loadGrammar, read } from './support.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly publisher: string;
  readonly license: string;
  readonly icon: string;
  readonly contributes: {
    readonly languages: readonly {
      readonly id: string;
      readonly extensions: readonly string[];
      readonly firstLine: string;
    }[];
    readonly grammars: readonly { readonly scopeName: string; readonly path: string; readonly language?: string }[];
  };
}
const manifest = JSON.parse(read('editors/vscode/package.json')) as Manifest;

/** Every text in the manifest that is a path. */
const pathsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.startsWith('./') ? [value.slice(2)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
};

describe('the package', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nrm-vsix-'));
  let files: Readonly<Record<string, Uint8Array>> = {};
  const textOf = (file: string): string => strFromU8(files[file] ?? expect.fail(`${file} is not in the package`));
  beforeAll(() => {
    files = unzipSync(readFileSync(pack(folder)));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('holds what is needed and nothing else', () => {
    expect(Object.keys(files).sort()).toEqual([
      '[Content_Types].xml',
      'extension.vsixmanifest',
      'extension/LICENSE.txt',
      'extension/README.md',
      'extension/icon.png',
      'extension/icons/dark.svg',
      'extension/icons/light.svg',
      'extension/language-configuration.json',
      'extension/package.json',
      'extension/snippets/nrm.json',
      'extension/syntaxes/markdown.tmLanguage.json',
      'extension/syntaxes/nrm.tmLanguage.json',
    ]);
  });

  test('every path of the manifest is in it, and what is JSON can be read', () => {
    const inside = JSON.parse(textOf('extension/package.json')) as Manifest;
    const paths = [...pathsIn(inside), inside.icon];
    expect(paths.length).toBeGreaterThanOrEqual(7);
    for (const file of paths) expect(Object.keys(files)).toContain(`extension/${file}`);
    for (const file of Object.keys(files).filter((name) => name.endsWith('.json'))) {
      expect(() => JSON.parse(textOf(file)), file).not.toThrow();
    }
  });

  test('its grammar and license are those of the compiler', () => {
    expect(textOf('extension/syntaxes/nrm.tmLanguage.json')).toBe(readFileSync(grammarFile, 'utf8'));
    for (const [file, from] of Object.entries(borrowed)) expect(textOf(`extension/${file}`)).toBe(read(from));
  });

  test('the manifest of the gallery says the same as the extension, and points at files', () => {
    const text = textOf('extension.vsixmanifest');
    expect(text).toContain(`Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"`);
    const paths = [...text.matchAll(/ Path="([^"]+)"|<(?:License|Icon)>([^<]+)</g)].map((m) => m[1] ?? m[2] ?? '');
    expect(paths.length).toBeGreaterThanOrEqual(6);
    for (const file of paths) expect(Object.keys(files)).toContain(file);
  });

  test('every kind of file has a media type', () => {
    const known = [...textOf('[Content_Types].xml').matchAll(/Extension="([^"]+)"/g)].map((m) => m[1]);
    for (const file of Object.keys(files).filter((name) => !name.startsWith('['))) {
      expect(known).toContain(path.posix.extname(file));
    }
  });

  test('packing again gives the same bytes', () => {
    const again = path.join(folder, 'again');
    expect(readFileSync(pack(again)).equals(readFileSync(pack(folder)))).toBe(true);
  });
});

describe('the manifest', () => {
  const compiler = JSON.parse(read('package.json')) as Manifest;

  test('has the version and the license of the compiler', () => {
    expect([manifest.version, manifest.license]).toEqual([compiler.version, compiler.license]);
  });

  test('knows .nrm files by their name or their first line', () => {
    const [language] = manifest.contributes.languages;
    expect(language).toMatchObject({ id: 'nrm', extensions: ['.nrm'] });
    const firstLine = new RegExp(language?.firstLine ?? '^$');
    expect(['nrm 1', 'nrm 1  ', 'network A {', '// nrm 1'].map((line) => firstLine.test(line))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('names grammars by the scopes that they have', () => {
    for (const { scopeName, path: file } of manifest.contributes.grammars) {
      const source = borrowed[file.slice(2)] ?? path.posix.join('editors/vscode', file);
      expect(JSON.parse(read(source))).toMatchObject({ scopeName });
    }
  });
});

describe('icons', () => {
  test('the picture is what the script draws', () => {
    const file = readFileSync(path.join(extension, manifest.icon));
    expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([128, 128]);
    const content = file.subarray(file.indexOf('IDAT') + 4, file.indexOf('IEND') - 8);
    const rows = inflateSync(content);
    const width = 128 * 4;
    const read = Array.from({ length: 128 }, (_, y) => rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1)));
    expect(Buffer.concat(read).equals(pixels())).toBe(true);
  });

  test.each(Object.entries(drawings))('%s is what the script draws', (file, text) => {
    expect(read(`editors/vscode/${file}`)).toBe(text);
  });
});

describe('Markdown', () => {
  const host = JSON.stringify({ scopeName: 'text.html.markdown', patterns: [] });
  const text = '# A page\n\n```nrm\nnetwork A {\n  conv(3)\n\n```\ninput\n\n```ts\ninput\n```\n';

  test('code blocks marked nrm are coloured, the rest is not', async () => {
    const grammar = await loadGrammar(
      'text.html.markdown',
      {
        'text.html.markdown': host,
        'source.nrm': grammarFile,
        'markdown.nrm.codeblock': path.join(extension, 'syntaxes/markdown.tmLanguage.json'),
      },
      ['markdown.nrm.codeblock'],
    );
    const scopeOf = (word: string): readonly string[] =>
      colour(text, grammar).pieces.find((piece) => piece.text === word)?.scopes ?? [];
    expect(scopeOf('network')).toContain('storage.type.network');
    expect(scopeOf('network')).toContain('meta.embedded.block');
    expect(scopeOf('conv')).toContain('entity.name.function.layer');
    expect(scopeOf('input')).toEqual([]);
  });

  test('the page of the extension shows a spec', () => {
    expect(read('editors/vscode/README.md')).toContain('```nrm\n');
  });
});
