/** `nrmc show`: table, JSON, picture. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { siamese } from '../picture/networks.ts';
import { command, example, nrmc, workFolder } from './run.ts';

const folder = workFolder();
const lenet = example('lenet.nrm');
writeFileSync(path.join(folder, 'siamese.nrm'), siamese);

describe('as text', () => {
  test('with the policy of each layer', () => {
    expect(nrmc(folder, 'show', lenet).out).toMatchInlineSnapshot(`
      "network LeNet, policy Modern

      layer       op                   output    weights  from the policy
      image       input                28×28×1
      conv1       conv(6, kernel: 5)   28×28×6       150  init: kaiming, decay: 5e-4 (Modern: conv)
      norm1       batch                28×28×6        12  norm (Modern)
      act1        relu                 28×28×6            act (Plain)
      maxpool1    maxpool(2)           14×14×6
      conv2       conv(16, kernel: 5)  14×14×16    2,400  init: kaiming, decay: 5e-4 (Modern: conv)
      norm2       batch                14×14×16       32  norm (Modern)
      act2        relu                 14×14×16           act (Plain)
      maxpool2    maxpool(2)           7×7×16
      flatten1    flatten              784
      dense1      dense(120)           120        94,200  init: kaiming, decay: 5e-4 (Modern: dense)
      act3        relu                 120                act (Plain)
      drop1       dropout(drop: 0.1)   120                drop (Modern)
      dense2      dense(84)            84         10,164  init: kaiming, decay: 5e-4 (Modern: dense)
      act4        relu                 84                 act (Plain)
      drop2       dropout(drop: 0.1)   84                 drop (Modern)
      classifier  dense(10)            10            850  init: kaiming (Modern: dense) · decay: none (Modern: classifier)

      107,808 trainable numbers, 44 moving statistics

      train lenet
        data       FashionMnist (idx("fashion-mnist"), validation 5%)
        loss       cross_entropy of classifier against label
        optimizer  adam(rate: 0.004, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false)
        schedule   cosine(warmup: 100, final: 0, per: update)
        clip       global_norm(5)
        batch      64, the last one of an epoch: keep
        epochs     4
        metrics    accuracy
        seed       7
      "
    `);
  });

  test('settings without an effect are not shown', () => {
    const of = (policy: string, ...more: readonly string[]) => {
      writeFileSync(
        path.join(folder, 'idle.nrm'),
        `network Net with P { input x: float32[4]  front: dense(3)  back: dense(2) }
policy P { dense { init: kaiming  decay: 1e-3 } }
policy Q extends P { ${policy} }`,
      );
      const { layers } = JSON.parse(nrmc(folder, 'show', 'idle.nrm', '--policy', 'Q', '--json', ...more).out);
      return layers.map((l: { readonly settings: readonly { readonly key: string; readonly weight: string }[] }) =>
        l.settings.flatMap((s) => (s.weight === 'kernel' ? [s.key] : [])),
      );
    };
    expect(of('front { trainable: false }')).toEqual([
      ['init', 'trainable'],
      ['init', 'decay'],
    ]);
    expect(of('front { start: "w.safetensors" }')).toEqual([
      ['start', 'decay'],
      ['init', 'decay'],
    ]);
  });

  test('a choice is marked, and counted is its first path', () => {
    writeFileSync(
      path.join(folder, 'choice.nrm'),
      'network Net { input x: float32[4]  choose { | dense(3) | wide: dense(30)  back: dense(3) }  dense(2) }',
    );
    const { out } = nrmc(folder, 'show', 'choice.nrm');
    expect(out).toContain('wide *');
    expect(out).toContain('back *');
    expect(out).not.toContain('dense1 *');
    expect(out).toContain('23 trainable numbers on the first path of each choice');
    expect(out).toContain('* on another path of a `choose`');
    expect(JSON.parse(nrmc(folder, 'show', 'choice.nrm', '--json').out)).toMatchObject({ trainable: 23, choices: 1 });
  });

  test.skipIf(!existsSync('/dev/full'))('a device that is full: a message, no stack', () => {
    const shown = spawnSync('sh', ['-c', `"${process.execPath}" "${command}" show "${lenet}" > /dev/full`], {
      encoding: 'utf8',
    });
    expect({ code: shown.status, err: shown.stderr }).toEqual({
      code: 1,
      err: 'error: cannot write the output: no space left on device\n',
    });
  });

  test('several inputs, joins, groups, shared weights', () => {
    expect(nrmc(folder, 'show', 'siamese.nrm').out).toMatchInlineSnapshot(`
      "network Siamese, policy Classic

      layer       op                                    output   weights  from the policy
      left        input                                 16×16×3
      right       input                                 16×16×3
      encoder
        conv1     conv(8, kernel: 3) from left          16×16×8      216  init: kaiming (Classic: conv) · decay: none (Classic: conv[first])
        norm1     batch(epsilon: 1e-5)                  16×16×8       16  norm (Classic)
        act1      relu                                  16×16×8           act (Classic)
        maxpool1  maxpool(2)                            8×8×8
        flatten1  flatten                               512
        dense1    dense(32)                             32        16,416
      again1      again encoder
        conv1     conv(8, kernel: 3) from right         16×16×8           weights of encoder.conv1
        norm1     batch(epsilon: 1e-5)                  16×16×8           weights of encoder.norm1 · norm (Classic)
        act1      relu                                  16×16×8           act (Classic)
        maxpool1  maxpool(2)                            8×8×8
        flatten1  flatten                               512
        dense1    dense(32)                             32                weights of encoder.dense1
      sum1        sum of encoder.dense1, again1.dense1  32
      act1        relu                                  32                act (Classic)
      same        dense(1)                              1             33

      16,681 trainable numbers, 16 moving statistics
      "
    `);
  });
});

describe('json', () => {
  test('has the documented shape', () => {
    const shown = JSON.parse(nrmc(folder, 'show', `${lenet}:LeNet`, '--json').out);
    expect(shown.network).toBe('LeNet');
    // The count that the literature has for this network: no norm under its own policy.
    expect(shown.trainable).toBe(107786);
    expect(shown.inputs).toEqual([{ name: 'image', dtype: 'float32', shape: [null, 28, 28, 1] }]);
    expect(shown.layers[0]).toMatchObject({
      name: 'conv1',
      op: 'conv',
      arguments: { filters: 6, kernel: [5, 5], bias: 'true' },
      sources: [{ input: 'image' }],
      output: [null, 28, 28, 6],
      trainable: 156,
      shares: null,
    });
    expect(shown.outputs).toEqual([{ name: 'classifier', source: { layer: 'classifier' }, shape: [null, 10] }]);
    expect(shown.parameters).toContainEqual({ name: 'conv1.kernel', shape: [5, 5, 1, 6], trainable: true });
    expect(shown.parameters.every((p: { trainable: boolean }) => p.trainable)).toBe(true);
  });

  test('moving statistics are listed and not counted', () => {
    const shown = JSON.parse(nrmc(folder, 'show', lenet, '--json').out);
    expect(shown.trainable).toBe(107808);
    expect(shown.parameters).toContainEqual({ name: 'norm1.mean', shape: [6], trainable: false });
  });

  test('groups, sources and shared weights', () => {
    const shown = JSON.parse(nrmc(folder, 'show', 'siamese.nrm', '--json').out);
    expect(shown.groups).toEqual([
      { kind: 'stage', path: 'encoder', word: 'encoder' },
      { kind: 'again', path: 'again1', word: 'encoder' },
    ]);
    const layer = (name: string) => shown.layers.find((l: { name: string }) => l.name === name);
    expect(layer('sum1').sources).toEqual([{ layer: 'encoder.dense1' }, { layer: 'again1.dense1' }]);
    expect(layer('again1.conv1')).toMatchObject({
      sources: [{ input: 'right' }],
      shares: 'encoder.conv1',
      trainable: 0,
    });
    expect(layer('encoder.conv1').settings).toContainEqual({
      key: 'decay',
      weight: 'kernel',
      value: 'none',
      from: 'policy Classic: conv[first]',
    });
  });
});

describe('picture', () => {
  test('to a file, which is said', () => {
    const { code, out, err } = nrmc(folder, 'show', 'siamese.nrm', '--svg', 'drawn/siamese.svg');
    expect({ code, out, err }).toEqual({ code: 0, out: 'drawn/siamese.svg\n', err: '' });
    expect(readFileSync(path.join(folder, 'drawn/siamese.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  test('to stdout, the same', () => {
    const { code, out, err } = nrmc(folder, 'show', 'siamese.nrm', '--svg');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(readFileSync(path.join(folder, 'drawn/siamese.svg'), 'utf8'));
  });

  test('under another policy', () => {
    expect(nrmc(folder, 'show', `${lenet}:LeNet`, '--svg').out).toContain('policy Plain: ');
    expect(nrmc(folder, 'show', `${lenet}:LeNet`, '--svg', '--policy', 'Modern').out).toContain('policy Modern: ');
  });

  test('a wrong spec leaves no file', () => {
    writeFileSync(path.join(folder, 'wrong.nrm'), 'network Net {\n  input x: float32[4]\n  dens(3)\n}\n');
    const { code, out, err } = nrmc(folder, 'show', 'wrong.nrm', '--svg', 'wrong.svg');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('error[NRM2003]');
    expect(existsSync(path.join(folder, 'wrong.svg'))).toBe(false);
  });

  test.each([
    [['--svg', 'siamese.nrm'], 'error: --svg takes a file that ends in .svg, not siamese.nrm'],
    [['--fold'], 'error: --fold goes with --svg'],
    [['--svg', '--json'], "error: option '--json' cannot be used with option '--svg [file]'"],
  ])('wrong usage: %s', (options, said) => {
    const { code, out, err } = nrmc(folder, 'show', 'siamese.nrm', ...options);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
    expect(readFileSync(path.join(folder, 'siamese.nrm'), 'utf8')).toBe(siamese);
  });
});
