/** Layers of a user's own, from the spec to a trained run: what runs when, where modules are found, what is told when they are not. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/runtime/safetensors.ts';
import { writeDataSet } from './data.ts';
import { nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const root = path.resolve(import.meta.dirname, '../..');
const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);
const read = (...parts: string[]): string => readFileSync(at(...parts), 'utf8');

const spec = (steps: string, declarations = ''): string => `
${declarations}
network Net with P {
  input image: float32[12, 7, 1]
  conv(4, kernel: 3, stride: 2)
  ${steps}
  flatten
  dense(3)
}
policy P { norm?: batch(momentum: 0.8) }
data Bands {
  source: idx("bands")
  fields { image: float32[12, 7, 1] = standardize   label: class(3) }
  validation: 10%
}
train net {
  network: Net   data: Bands   loss: cross_entropy   optimizer: adam(rate: 1e-2)
  batch: 8   epochs: 2   metrics: [accuracy]   seed: 5
}
`;

const gate = `
import { mul, sigmoid, sub, type Tensor } from '@tensorflow/tfjs-core';
console.error('the module runs');
interface Args { readonly sharpness: number }
export function forward(x: Tensor, { sharpness }: Args): Tensor {
  return sigmoid(mul(x, sharpness));
}
export function backward(dy: Tensor, _x: Tensor, y: Tensor, { sharpness }: Args): Tensor {
  return mul(dy, mul(mul(y, sub(1, y)), sharpness));
}
`;
const declared = 'extern layer gate(x: float32[...S, C], sharpness = 1) -> float32[...S, C] from "../layers/gate.ts"';

/** A module that takes the same place and does something else. */
const withModule = (text: string, use: () => void): void => {
  renameSync(at('layers/gate.ts'), at('layers/gate.saved'));
  try {
    if (text !== '') writeFileSync(at('layers/gate.ts'), text);
    use();
  } finally {
    rmSync(at('layers/gate.ts'), { force: true });
    renameSync(at('layers/gate.saved'), at('layers/gate.ts'));
  }
};

const weightsOf = (run: string) => decodeSafetensors(readFileSync(at(run, 'weights.safetensors')), run).tensors;

beforeAll(() => {
  writeDataSet(folder, 'bands', { height: 12, width: 7, classes: 3, train: 120, test: 40 });
  writeFileSync(at('package.json'), '{ "type": "module" }');
  for (const name of ['layers', 'specs', 'lib']) mkdirSync(at(name));
  writeFileSync(at('layers/gate.ts'), gate);
  writeFileSync(at('specs/net.nrm'), spec('norm  gate', declared));
  writeFileSync(at('specs/same.nrm'), spec('norm  act(sigmoid)'));
  const { code, err } = nrmc(
    folder,
    'train',
    'specs/net.nrm',
    '--run',
    'whole',
    '--allow-extern',
    '--data',
    'data/bands',
  );
  expect({ code, err: err.trim() }).toEqual({ code: 0, err: 'the module runs' });
});

describe('code of a spec runs only when that is asked for', () => {
  test.each([
    ['check', 'specs/net.nrm'],
    ['show', 'specs/net.nrm'],
    ['passes', 'specs/net.nrm'],
    ['build', 'specs/net.nrm', '--out', 'built'],
  ])('nrmc %s', (...args) => {
    const { code, err } = nrmc(folder, ...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('train, evaluate, predict and resume name the module and load nothing', () => {
    const refused = [
      nrmc(folder, 'train', 'specs/net.nrm', '--run', 'never'),
      nrmc(folder, 'evaluate', 'whole'),
      nrmc(
        folder,
        'predict',
        'specs/net.nrm',
        '--weights',
        'whole/weights.safetensors',
        '--input',
        'x',
        '--output',
        'y',
      ),
      nrmc(folder, 'train', '--resume', 'whole'),
    ];
    for (const { code, err } of refused) {
      expect(code).toBe(1);
      expect(err).toMatch(/error\[NRM2512\]: \w+ .* would run code of its own: layers\/gate\.ts; nothing was loaded/);
      expect(err).not.toContain('the module runs');
    }
    expect(refused[0]?.err).toContain('specs/net.nrm:2:');
    expect(readdirSync(folder)).not.toContain('never');
  });
});

test('it trains as the same layer of the language does', () => {
  expect(nrmc(folder, 'train', 'specs/same.nrm', '--run', 'same', '--data', 'data/bands').code).toBe(0);
  const [own, other] = [weightsOf('whole'), weightsOf('same')];
  expect([...own.keys()].toSorted()).toEqual([...other.keys()].toSorted());
  for (const [name, { values }] of own)
    for (const [i, value] of [...values].entries())
      expect(Math.abs(Number(value) - Number(other.get(name)?.values[i]))).toBeLessThan(1e-3);
});

describe('emitted code finds the module where it lies', () => {
  test.each([
    ['built', "import * as gate from '../layers/gate.ts';"],
    ['specs/deep/model', "import * as gate from '../../../layers/gate.ts';"],
    ['layers', "import * as gate from './gate.ts';"],
  ])('built into %s', (out, line) => {
    expect(nrmc(folder, 'build', 'specs/net.nrm', '--out', out)).toMatchObject({ code: 0, err: '' });
    expect(read(out, 'net.ts')).toContain(line);
    expect(nrmc(folder, 'build', 'specs/net.nrm', '--out', out, '--check').code).toBe(0);
  });

  test('a run has its own way there, and no copy', () => {
    expect(read('whole/net.ts')).toContain("import * as gate from '../layers/gate.ts';");
    expect(readdirSync(at('whole'))).not.toContain('gate.ts');
    expect(Object.keys(JSON.parse(read('whole/run.json')).modules)).toEqual(['../layers/gate.ts']);
    expect(read('whole/spec.nrm')).toContain('from "../layers/gate.ts"');
    const { code, out } = nrmc(folder, 'evaluate', 'whole', '--allow-extern');
    expect({ code, changed: out.includes('has changed') }).toEqual({ code: 0, changed: false });
  });

  test('an imported layer, by the path that its own file means', () => {
    writeFileSync(at('lib/gates.nrm'), declared);
    writeFileSync(at('specs/imports.nrm'), spec('gate(2)', 'import { gate } from "../lib/gates.nrm"'));
    expect(nrmc(folder, 'build', 'specs/imports.nrm', '--out', 'a/b/c')).toMatchObject({ code: 0, err: '' });
    expect(read('a/b/c/net.ts')).toContain("import * as gate from '../../../layers/gate.ts';");
  });

  test('the entry trains without a flag, into a run that evaluates', () => {
    expect(nrmc(folder, 'build', 'specs/net.nrm', '--out', 'built').code).toBe(0);
    const loader = ['--import', new URL('./provide-runtime.ts', import.meta.url).href];
    const args = [...loader, 'built/net.train.ts', '--run', 'deep/er/entry', '--data', 'data/bands'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect({ status, ran: stderr.includes('the module runs') }).toEqual({ status: 0, ran: true });
    expect(read('deep/er/entry/net.ts')).toContain("import * as gate from '../../../layers/gate.ts';");
    expect(weightsOf('deep/er/entry')).toEqual(weightsOf('whole'));
    expect(nrmc(folder, 'evaluate', 'deep/er/entry', '--allow-extern').code).toBe(0);
  });

  test('predictions use the module of the spec', () => {
    const values = Float32Array.from({ length: 2 * 84 }, (_, i) => (i * 37) % 256);
    const image = { shape: [2, 12, 7, 1], values };
    writeFileSync(at('x.safetensors'), encodeSafetensors({ metadata: {}, tensors: new Map([['image', image]]) }));
    const given = [
      'specs/net.nrm',
      '--weights',
      'whole/weights.safetensors',
      '--input',
      'x.safetensors',
      '--allow-extern',
    ];
    expect(nrmc(folder, 'predict', ...given, '--output', 'y.safetensors').code).toBe(0);
    expect(nrmc(folder, 'predict', ...given, '--no-fold', '--output', 'z.safetensors').code).toBe(0);
    const outputs = ['y', 'z'].map((name) => {
      const [tensor] = decodeSafetensors(readFileSync(at(`${name}.safetensors`)), name).tensors.values();
      return [...(tensor?.values ?? [])].map(Number);
    });
    expect(outputs[0]).toHaveLength(6);
    for (const [i, value] of (outputs[0] ?? []).entries()) expect(value).toBeCloseTo(outputs[1]?.[i] ?? Number.NaN, 3);
  });
});

describe('its gradient is compared with its value', () => {
  const compare = (...more: readonly string[]) => nrmc(folder, 'check', 'specs/net.nrm', '--gradients', ...more);

  test('when the module may run', () => {
    expect(compare()).toMatchObject({ code: 1, err: expect.stringContaining('error[NRM2512]: checking gradients') });
    const { code, out } = compare('--allow-extern');
    expect(code).toBe(0);
    expect(out).toMatch(/^gate1: backward and forward of layers\/gate\.ts differ by \d\.\de-[4-9] of the gradient$/m);
  });

  test('and found out when it is another', () => {
    withModule(gate.replace('sub(1, y)), sharpness)', 'sub(1, y)), 1.1)'), () => {
      const { code, err } = compare('--allow-extern');
      expect(code).toBe(1);
      expect(err).toMatch(
        /error\[NRM5206\]: `backward` is not the gradient of `forward`\n {2}gate1: .* differ by 9\.1e-2 of the gradient/,
      );
    });
  });
});

describe('what is wrong with a module is told as that', () => {
  const train = (): string => {
    const { code, err } = nrmc(
      folder,
      'train',
      'specs/net.nrm',
      '--run',
      'wrong',
      '--allow-extern',
      '--data',
      'data/bands',
    );
    expect(code).toBe(1);
    rmSync(at('wrong'), { recursive: true, force: true });
    return err;
  };

  test.each([
    ['it is not there', '', /error\[NRM2510\]: there is no module `\.\.\/layers\/gate\.ts`/],
    [
      'it does not parse',
      'export function forward(',
      /error\[NRM5201\]: the module layers\/gate\.ts cannot be loaded: /,
    ],
    ['it throws', "throw new Error('no, thanks');", /error\[NRM5201\]: .*cannot be loaded: no, thanks/],
    ['a function is missing', 'export const forward = (x) => x;', /error\[NRM5202\]: .* exports no `backward`/],
    [
      'a shape',
      gate.replace('return sigmoid(mul(x, sharpness))', 'return mul(x, [[[1], [1]]])'),
      /error\[NRM520[34]\]: `gate1`: `forward`/,
    ],
    [
      'a gradient of another shape',
      gate.replace('return mul(dy, ', 'return mul([1], [2]); mul(dy, '),
      /error\[NRM5203\]: `gate1`: `backward` returned float32\[1\]; float32\[8, 6, 4, 4\] is declared/,
    ],
    [
      'an error in it',
      gate.replace('return sigmoid', "throw new Error('so it goes'); return sigmoid"),
      /error\[NRM5204\]: `gate1`: `forward` has failed: so it goes[\s\S]*gate\.ts:\d+:\d+/,
    ],
  ])('%s', (_, text, says) => {
    withModule(text, () => expect(train()).toMatch(says));
  });

  test('it lies outside of the project', () => {
    writeFileSync(at('specs/outside.nrm'), spec('gate', declared.replace('../layers', '../../layers')));
    const { code, err } = nrmc(folder, 'check', 'specs/outside.nrm');
    expect(code).toBe(1);
    expect(err).toContain("error[NRM2511]: `../../layers/gate.ts` lies outside of the project's folder");
  });

  test('a run whose module is gone or has changed', () => {
    withModule('', () => {
      const { code, err } = nrmc(folder, 'evaluate', 'whole', '--allow-extern');
      expect(code).toBe(1);
      expect(err).toContain('error[NRM5201]: the module layers/gate.ts cannot be loaded: it is not there');
    });
    cpSync(at('whole'), at('stopped'), { recursive: true });
    writeFileSync(at('stopped/run.json'), read('stopped/run.json').replace('"finished"', '"interrupted"'));
    withModule(`${gate}\n// changed\n`, () => {
      expect(nrmc(folder, 'evaluate', 'whole', '--allow-extern').out).toContain(
        '../layers/gate.ts has changed since the run began',
      );
      const { code, err } = nrmc(folder, 'train', '--resume', 'stopped', '--allow-extern');
      expect(code).toBe(1);
      expect(err).toContain(
        'error[NRM5205]: the code of layers is not what stopped was begun with\n  ../layers/gate.ts',
      );
    });
    // Unchanged, it goes on.
    expect(nrmc(folder, 'train', '--resume', 'stopped', '--allow-extern').code).toBe(0);
    expect(weightsOf('stopped')).toEqual(weightsOf('whole'));
  });
});

describe('the example', () => {
  test('is clean, formatted, and trains', () => {
    const files = ['glu.nrm', 'glu.ts'];
    for (const file of files) cpSync(path.join(root, 'examples/extern', file), at('example', file));
    expect(nrmc(folder, 'check', 'example/glu.nrm')).toMatchObject({ code: 0, err: '' });
    expect(nrmc(folder, 'fmt', '--check', 'example/glu.nrm').code).toBe(0);
    writeDataSet(folder, 'fashion-mnist', { height: 28, width: 28, classes: 10, train: 400, test: 40 });
    const { code, err } = nrmc(
      folder,
      'train',
      'example/glu.nrm',
      '--epochs',
      '2',
      '--run',
      'glu',
      '--allow-extern',
      '--data',
      'data/fashion-mnist',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(read('glu/summary.json')).testAccuracy).toBeGreaterThan(0.5);
  });

  test('compiles under strict flags, module and emitted code together', () => {
    expect(nrmc(folder, 'build', 'example/glu.nrm', '--out', 'example/model').code).toBe(0);
    const { status, stdout } = typeCheck();
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    // A module that takes other arguments than the spec gives is a type error.
    writeFileSync(
      at('example/glu.ts'),
      read('example/glu.ts').replace('readonly sharpness: number', 'readonly sharpness: string'),
    );
    expect(typeCheck().stdout).toMatch(/model\/gated\.ts.*error TS/);
  });
});

/** Of the example and what was built from it, as a project would. */
function typeCheck() {
  const place = path.join(root, 'node_modules/.cache/extern-types');
  rmSync(place, { recursive: true, force: true });
  cpSync(at('example'), place, { recursive: true });
  const flags = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
  };
  const modules = {
    module: 'nodenext',
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
  };
  const ours = {
    'nrmc/runtime': [path.join(root, 'src/runtime/index.ts')],
    'nrmc/runtime/node': [path.join(root, 'src/runtime/node/index.ts')],
  };
  writeFileSync(
    path.join(place, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'ES2023',
        lib: ['ES2023', 'DOM'],
        types: ['node'],
        ...flags,
        ...modules,
        noEmit: true,
        skipLibCheck: true,
        paths: ours,
      },
      include: ['.'],
    }),
  );
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', place], { encoding: 'utf8', cwd: place });
  return {
    status,
    stdout: stdout
      .split('\n')
      .filter((line) => line !== '' && !line.includes('src/runtime'))
      .join('\n'),
  };
}
