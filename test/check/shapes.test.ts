/** Shapes while checking: both layers and both shapes are named, and one mistake is one message. */
import { describe, expect, test } from 'vitest';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { codes, diagnose, model, spec, spoken } from './support.ts';

const rendered = (text: string): string =>
  diagnose(text)
    .map((d) => renderDiagnostic(d, () => text, { color: false, unicode: true, width: 120 }))
    .join('\n\n');

describe('refusals of shape rules', () => {
  test('groups that do not divide', async () => {
    const text = `network LeNet {
  input image: float32[28, 28, 1]
  conv(6, kernel: 5)   norm  act  maxpool(2)
  conv(16, kernel: 5, groups: 4)  norm  act
  flatten
  dense(10)
}
`;
    await expect(`${rendered(text)}\n`).toMatchFileSnapshot('golden/groups.txt');
  });

  test('dense on an image, by the input itself', async () => {
    await expect(
      `${rendered('network Flat {\n  input image: float32[28, 28, 1]\n  dense(10)\n}\n')}\n`,
    ).toMatchFileSnapshot('golden/rank.txt');
  });

  test('a window larger than what is left', async () => {
    const text =
      'network Small {\n  input image: float32[8, 8, 1]\n  stem: { maxpool(2)  maxpool(2) }\n  conv(4, kernel: 5, padding: valid)\n}\n';
    await expect(`${rendered(text)}\n`).toMatchFileSnapshot('golden/window.txt');
  });

  test('no message follows from a message', () => {
    expect(
      codes(spec('dense(10)  conv(3, kernel: 50, padding: valid)  dense(4)  act', 'act: relu  dense { decay: 0.1 }')),
    ).toEqual(['NRM2100']);
  });

  test('another number type', () => {
    expect(diagnose('network N { input a: int32[4]  dense(2) }').map((d) => [d.message, d.help])).toEqual([
      ['`dense1` needs float32, found int32', 'layers compute with float32: write `float32[4]` at the input'],
    ]);
  });

  test('a convolution of features', () => {
    const [found] = diagnose('network N { input a: float32[4]  conv(2, kernel: 3) }');
    expect([found?.code, found?.help]).toEqual([
      'NRM2100',
      'use `dense` on features, or put it before `flatten`, on an input such as `float32[28, 28, 1]`',
    ]);
  });

  test('more numbers than a tensor holds', () => {
    expect(spoken('network N(h = 1e12) { input a: float32[4]  dense(h)  dense(2) }')).toEqual([
      'NRM2108 `dense1`: its `kernel` [4, 1000000000000] would have 4,000,000,000,000 numbers, more than a tensor holds | h | input a: float32[4]',
    ]);
    expect(codes('network N { input a: float32[40000, 40000, 1]  conv(2, kernel: 1) }')).toEqual(['NRM2108']);
    expect(codes('network N { input a: float32[100000, 100000, 1]  conv(2, kernel: 1) }')).toEqual(['NRM2014']);
  });

  test('each network has its own', () => {
    const text =
      'network A { input x: float32[4, 4, 1]  dense(2) }  network B { input x: float32[4]  conv(2, kernel: 3) }';
    expect(codes(text)).toEqual(['NRM2100', 'NRM2100']);
  });
});

describe('the shape that arrives', () => {
  test('as channels, height, width', () => {
    const built = model(
      spec(
        'conv(8, kernel: 3, stride: 2)  conv(channels / 2, kernel: [height, width], padding: valid)  flatten  dense(channels + 1)',
        '',
      ),
      'Net',
    );
    expect(built.layers.map((l) => l.output.shape)).toEqual([
      ['N', 6, 6, 8],
      ['N', 1, 1, 4],
      ['N', 4],
      ['N', 5],
    ]);
  });

  test('a parameter of that name goes first', () => {
    const built = model('network Net(width = 5) { input x: float32[12, 12, 3]  conv(width, kernel: 1) }', 'Net');
    expect(built.layers[0]?.output.shape).toEqual(['N', 12, 12, 5]);
  });
});

describe('bias: auto', () => {
  const biases = (body: string, policy: string) =>
    model(spec(body, policy), 'Net').layers.flatMap((l) =>
      'bias' in l.args ? [[l.path, l.args.bias, l.biasReason]] : [],
    );

  test('none right before a filled norm', () => {
    expect(biases('conv(4, kernel: 3)  norm  conv(4, kernel: 3)  act  norm', 'norm: batch  act: relu')).toEqual([
      ['conv1', 'false', 'no bias: norm1 subtracts the mean'],
      ['conv2', 'true', 'bias: nothing after it subtracts a mean'],
    ]);
  });

  test('an empty slot in between is nothing', () => {
    expect(biases('conv(4, kernel: 3)  act  norm', 'norm: batch')).toEqual([
      ['conv1', 'false', 'no bias: norm1 subtracts the mean'],
    ]);
    expect(biases('conv(4, kernel: 3)  norm', 'norm: none').map(([, bias]) => bias)).toEqual(['true']);
  });

  test('pinned', () => {
    expect(biases('conv(4, kernel: 3, bias: true)  norm', 'norm: batch')).toEqual([['conv1', 'true', null]]);
  });
});
