/** Where things are in pictures: nothing lies over anything, and every line leads where its value goes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildScene } from '../../src/picture/build.ts';
import { fold } from '../../src/picture/fold.ts';
import { place } from '../../src/picture/layout.ts';
import { boxesOf, faultsOf } from './faults.ts';
import { anyModel, deep, modelOf, texts } from './networks.ts';

describe('well-known shapes', () => {
  test.each(Object.keys(texts) as (keyof typeof texts)[])('%s', async (name) => {
    const model = modelOf(texts[name]);
    const placed = await place(buildScene(model));
    expect(faultsOf(model, placed)).toEqual([]);
    const folded = fold(model);
    expect(faultsOf(folded.model, await place(buildScene(folded.model, folded.times)))).toEqual([]);
  });
});

test('any network', async () => {
  await fc.assert(
    fc.asyncProperty(anyModel, async (model) => {
      const placed = await place(buildScene(model));
      expect(faultsOf(model, placed)).toEqual([]);
    }),
    { seed: 7, numRuns: 60 },
  );
});

describe('columns', () => {
  const boxOf = async (text: string, path: string) => {
    const placed = await place(buildScene(modelOf(text)));
    return boxesOf(placed).find((box) => box.title.path === path);
  };

  test('a deep stage is set in several, and ends at the bottom of the last', async () => {
    const placed = await place(buildScene(modelOf(deep)));
    const body = await boxOf(deep, 'body');
    const joins = body?.items.filter((item) => item.kind === 'join').map((item) => item.at) ?? [];
    // In a column the next join is below; at the top of the next column it is above.
    const up = joins.slice(1).filter((at, i) => at.y < (joins[i]?.y ?? 0)).length;
    expect(joins).toHaveLength(12);
    expect(up).toBeGreaterThan(0);
    expect(placed.width / placed.height).toBeGreaterThan(0.5);
  });

  test('a short one is not', async () => {
    const body = await boxOf(deep.replace('repeat 12', 'repeat 2'), 'body');
    const ys = body?.items.filter((item) => item.kind === 'join').map((item) => item.at.y) ?? [];
    expect(ys).toHaveLength(2);
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
  });
});
