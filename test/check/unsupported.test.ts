/** What the language has and this version does not compile is told so: never `unknown`, never silence. */
import { describe, expect, test } from 'vitest';
import { unsupported } from '../../src/check/unsupported.ts';
import * as vocabulary from '../../src/ir/ops/index.ts';
import { codes, spec } from './support.ts';

describe('constructs', () => {
  test.each(['network N { input x: float32[...S]  dense(3) }'])('%s', (text) => {
    expect(codes(text)).toEqual(['NRM2801']);
  });
});

describe('words', () => {
  test.each(unsupported.layer)('layer %s', (word) => {
    expect(codes(spec(word, ''))).toEqual(['NRM2802']);
  });

  test.each(
    (['norm', 'act', 'drop'] as const).flatMap((slot) => unsupported[slot].map((word) => [slot, word] as const)),
  )('%s: %s', (slot, word) => {
    expect(codes(spec(slot, `${slot}: ${word}`))).toEqual(['NRM2802']);
    expect(codes(spec(`conv(3, kernel: 1)  ${slot}(${word})`, ''))).toEqual(['NRM2802']);
  });

  test.each([
    ...unsupported.setting.map((word) => `conv { ${word}: 1 }`),
    ...unsupported.initializer.map((word) => `conv { init: ${word} }`),
    ...unsupported.gradient.map((word) => `gradient { ${word}: 2 }`),
  ])('%s', (rule) => {
    expect(codes(spec('conv(3, kernel: 1)', rule))).toEqual(['NRM2802']);
  });

  test('no word is in both tables', () => {
    const compiled = {
      layer: vocabulary.layers,
      norm: vocabulary.layers,
      act: vocabulary.layers,
      drop: vocabulary.layers,
      initializer: vocabulary.initializers,
      penalty: vocabulary.penalties,
      clip: vocabulary.clips,
      optimizer: vocabulary.optimizers,
      schedule: vocabulary.schedules,
      loss: vocabulary.losses,
    } as const;
    const both = Object.entries(compiled).flatMap(([kind, table]) =>
      unsupported[kind as keyof typeof compiled].filter((word) => Object.hasOwn(table, word)),
    );
    expect(both).toEqual([]);
  });
});
