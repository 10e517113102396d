/** Monte Carlo prediction and emitted code with `sample`, as a user runs them, in processes. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { decodeSafetensors as decode, encodeSafetensors as encode } from '../../src/runtime/safetensors.ts';
import { writeDataSet } from './data.ts';
import { nrmc, workFolder } from './run.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const folder = workFolder();
const at = (...parts: string[]): string => path.join(folder, ...parts);

const spec = (policy: string): string => `
network Bands(classes = 3) with P {
  input image: float32[6, 6, 1]
  flatten
  hidden: dense(12) act drop
  classifier: dense(classes)
}
policy P { ${policy} }
policy Drawn { act: tanh  hidden.kernel { drop: dropconnect(drop: 0.5, inference: gaussian(samples: 4)) } }
policy Plain { act: relu  input { noise: gaussian(0.1) } }
data Bands { source: idx("bands")  fields { image: float32[6, 6, 1] = minmax   label: class(3) } }
train bands { network: Bands   data: Bands   loss: cross_entropy   optimizer: adam(rate: 1e-2)   batch: 20   epochs: 2   seed: 3 }
`;

beforeAll(() => {
  writeDataSet(folder, 'bands', { height: 6, width: 6, classes: 3, train: 60, test: 20 });
  writeFileSync(
    at('bands.nrm'),
    spec('act: relu  drop: dropout(drop: 0.5)  hidden.kernel { drop: dropconnect(drop: 0.2) }'),
  );
  expect(nrmc(folder, 'train', 'bands.nrm', '--run', 'run', '--backend', 'cpu')).toMatchObject({ code: 0, err: '' });
  // More than are predicted at a time.
  const values = Float32Array.from({ length: 300 * 36 }, (_, i) => (i * 37) % 255);
  writeFileSync(
    at('x.safetensors'),
    encode({ tensors: new Map([['image', { shape: [300, 6, 6, 1], values }]]), metadata: {} }),
  );
});

const predict = (out: string, ...more: readonly string[]) =>
  nrmc(
    folder,
    'predict',
    'bands.nrm',
    '--weights',
    'run',
    '--input',
    'x.safetensors',
    '--output',
    out,
    '--backend',
    'cpu',
    ...more,
  );
const tensors = (file: string) => decode(readFileSync(at(file)), file).tensors;
const bytes = (file: string): string => readFileSync(at(file)).toString('base64');

test('mean and spread of draws, the same by their seed', () => {
  const first = predict('a.safetensors', '--samples', '40', '--seed', '5');
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toBe(
    'a.safetensors: classifier [300, 3], classifier.std [300, 3] of 300 samples, 40 draws, policy P of the weights, backend cpu\n',
  );
  expect(predict('b.safetensors', '--samples', '40', '--seed', '5').code).toBe(0);
  expect(bytes('b.safetensors')).toBe(bytes('a.safetensors'));
  expect(predict('c.safetensors', '--samples', '40').code).toBe(0);
  expect(bytes('c.safetensors')).not.toBe(bytes('a.safetensors'));
  expect(decode(readFileSync(at('a.safetensors')), 'a').metadata).toMatchObject({
    draws: '40',
    seed: '5',
    kind: 'output',
  });
  const [mean, spread] = [tensors('a.safetensors').get('classifier'), tensors('a.safetensors').get('classifier.std')];
  expect(spread?.values.every((v) => v > 0)).toBe(true);
  // Draws of a network whose mean is what prediction gives; the two differ by a few standard errors.
  expect(predict('p.safetensors').code).toBe(0);
  const plain = tensors('p.safetensors').get('classifier')?.values ?? [];
  const apart = [...(mean?.values ?? [])].map((v, i) => Math.abs(v - (plain[i] ?? 0)) / (spread?.values[i] ?? 1));
  expect(apart.reduce((a, b) => a + b, 0) / apart.length).toBeLessThan(1);
  // Chunks of one prediction draw for themselves: equal inputs have other draws.
  const same = [...(spread?.values.slice(0, 3) ?? [])];
  expect(same.every((v, i) => v === spread?.values[255 * 3 + i])).toBe(false);
});

test('means of probabilities', () => {
  expect(predict('q.safetensors', '--samples', '10', '--probabilities')).toMatchObject({ code: 0, err: '' });
  const values = [...(tensors('q.safetensors').get('classifier')?.values ?? [])];
  for (let i = 0; i < values.length; i += 3)
    expect((values[i] ?? 0) + (values[i + 1] ?? 0) + (values[i + 2] ?? 0)).toBeCloseTo(1, 5);
});

test('samples of DropConnect: the same each time, another seed draws others', () => {
  for (const out of ['d', 'e'])
    expect(predict(`${out}.safetensors`, '--policy', 'Drawn')).toMatchObject({ code: 0, err: '' });
  expect(bytes('d.safetensors')).toBe(bytes('e.safetensors'));
  expect(predict('f.safetensors', '--policy', 'Drawn', '--seed', '8').code).toBe(0);
  expect(bytes('f.safetensors')).not.toBe(bytes('d.safetensors'));
});

test('what cannot be drawn', () => {
  expect(
    predict('y.safetensors', '--policy', 'Plain', '--samples', '9').err,
  ).toBe(`error[NRM0117]: \`--samples\`: network \`Bands\` under policy \`Plain\` draws nothing in prediction
  = help: draws are of dropout, drop_path and dropconnect; noise is for training only. Leave it out, or use a policy with one of them
  = explain: nrmc explain NRM0117

`);
  expect(predict('y.safetensors', '--seed', '9')).toMatchObject({
    code: 1,
    err: expect.stringContaining('`--seed`: network `Bands` under policy `P` draws nothing in prediction'),
  });
  for (const n of ['1', '2.5'])
    expect(predict('y.safetensors', '--samples', n)).toMatchObject({
      code: 2,
      err: expect.stringContaining('a whole number from 2 is expected'),
    });
});

test('`build --sampling` adds the draw, and says so when it is checked', () => {
  expect(nrmc(folder, 'build', 'bands.nrm', '--out', 'out', '--sampling').code).toBe(0);
  expect(readFileSync(at('out/bands.ts'), 'utf8')).toContain(
    'export function sample(params: Params, _state: State, random: Random, image: Tensor4D): Tensor2D {',
  );
  expect(nrmc(folder, 'build', 'bands.nrm', '--out', 'out', '--sampling', '--check').code).toBe(0);
  // Without the option there is none.
  expect(nrmc(folder, 'build', 'bands.nrm', '--out', 'out', '--check').code).toBe(1);
});

test('a rewrite that keeps the path of training is not told as one that changes it', () => {
  for (const [name, exact] of [
    ['changes', ''],
    ['keeps', ', exact: true'],
  ] as const) {
    writeFileSync(at(`${name}.nrm`), spec(`act: relu  drop: dropout(drop: 0.5, form: standard${exact})`));
    const { code, err } = nrmc(folder, 'build', `${name}.nrm`, '--out', name);
    expect(code).toBe(0);
    expect(err.includes('NRM2950'), name).toBe(name === 'changes');
  }
});
