/** Layers of a user's own in emitted code: names that collide with nothing, and paths that lead from one folder to another. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { emit } from '../../src/codegen/tfjs/index.ts';
import { compileNetwork } from '../../src/compile.ts';
import { modulesOf, relocated } from '../../src/runtime/node/externs.ts';
import { model } from '../check/support.ts';

const layer = (name: string, from = './own.ts'): string =>
  `extern layer ${name}(x: float32[...S], rate = 1) -> float32[...S] from "${from}"\n`;

function emitted(declarations: string, steps: string): string {
  const spec = `${declarations}network Net { input image: float32[4]  ${steps}  dense(2) }`;
  return emit(compileNetwork(model(spec, 'Net')), { source: 'net.nrm', version: 'test', spec: '' })[0]?.text ?? '';
}

const importsOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith('import * as'));

describe('names', () => {
  test.each([
    ['gate', 'gate'],
    ['snake_case', 'snakeCase'],
    ['step', 'stepLayer'],
    ['add', 'addLayer'],
    ['w', 'wLayer'],
    ['delete', 'deleteLayer'],
    ['Tensor2D', 'Tensor2DLayer'],
    ['Params', 'ParamsLayer'],
    ['glorotUniform', 'glorotUniformLayer'],
    ['snapshot', 'snapshotLayer'],
  ])('%s is imported as %s', (name, alias) => {
    const text = emitted(layer(name), `${name}(2)`);
    expect(importsOf(text)).toEqual([`import * as ${alias} from './own.ts';`]);
    expect(text).toContain(`extern(${alias}, image, { layer: '${name}1', args: { rate: 2 } })`);
  });

  test('a value of the same name gives way', () => {
    const text = emitted(layer('gate'), 'gate: dense(3)  gate'.replace('gate:', 'other:'));
    expect(text).toContain('extern(gate, other,');
    expect(emitted(layer('image'), 'image')).toContain('extern(image, image_2,');
  });

  test('two layers may share a module, one is imported once', () => {
    const text = emitted(layer('soft') + layer('hard') + layer('other', '../x/other.mjs'), 'soft soft hard other');
    expect(importsOf(text)).toEqual([
      "import * as other from '../x/other.mjs';",
      "import * as hard from './own.ts';",
      "import * as soft from './own.ts';",
    ]);
  });

  test('what a spec says stays text', () => {
    const words =
      'extern layer own(x: float32[...S], word = a, text = "it\'s \\"x\\"") -> float32[...S] from "./it\'s.ts"\n';
    const text = emitted(words, 'own');
    expect(importsOf(text)).toEqual(['import * as own from "./it\'s.ts";']);
    expect(text).toContain(`args: { word: 'a', text: ${JSON.stringify('it\'s "x"')} }`);
  });
});

describe('paths', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'nrmc-externs-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const folders = ['', 'specs', 'specs/model', 'a#b/c d', '100%/runs/net-1'];
  for (const folder of folders) mkdirSync(path.join(root, folder), { recursive: true });
  const code = (text: string) => [
    { path: 'net.ts', text: `import * as own from ${text};\nimport { extern } from 'nrmc/runtime';\n` },
    { path: 'net.train.ts', text: "import * as model from './net.ts';\n" },
  ];

  test('lead to the same module from wherever the code lies, and back', () => {
    for (const from of folders)
      for (const to of folders) {
        const [a, b] = [path.join(root, from), path.join(root, to)];
        const files = relocated(code("'../layers/own.ts'"), path.join(root, 'specs'), a);
        const moved = relocated(files, a, b);
        expect(modulesOf(moved, b)).toEqual(modulesOf(code("'./layers/own.ts'"), root));
        expect(relocated(moved, b, a)).toEqual(files);
        expect(moved[1]?.text).toBe("import * as model from './net.ts';\n");
      }
  });

  test('are read with any quotes; nothing else in a file is taken for one', () => {
    expect(modulesOf(code('"./it\'s.ts"'), root).map((file) => path.basename(file))).toEqual(["it's.ts"]);
    const text = "  import * as own from './own.ts';\n// import * as own from './own.ts';\n";
    expect(modulesOf([{ path: 'net.ts', text }], root)).toEqual([]);
  });
});
