/** Pictures as text: well-formed, readable, the same each time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawModel } from '../../src/picture/index.ts';
import { widthOf } from '../../src/picture/measure.ts';
import { text as escaped } from '../../src/picture/xml.ts';
import { anyModel, inception, modelOf, plain, resnet, siamese, texts } from './networks.ts';
import { all, type Element, read } from './xml.ts';

const block = inception.replace(/ {2}Inception\(128.*\n/, '').replace(/ {2}stem.*\n/, '');

describe('goldens', () => {
  test.each([
    ['plain', plain],
    ['siamese', siamese],
    ['inception-block', block],
  ])('%s', async (name, text) => {
    await expect(await drawModel(modelOf(text))).toMatchFileSnapshot(`golden/${name}.svg`);
  });

  test('folded', async () => {
    const text = resnet.replace(/ {2}for filters.*\n/, '');
    await expect(await drawModel(modelOf(text), { fold: true })).toMatchFileSnapshot('golden/folded.svg');
  });
});

test('the same network gives the same bytes', async () => {
  for (const text of Object.values(texts)) expect(await drawModel(modelOf(text))).toBe(await drawModel(modelOf(text)));
});

// ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Words {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const at = (element: Element, key: string): number => Number(element.attributes[key] ?? 0);

function wordsOf(element: Element): Words {
  const classes = (element.attributes.class ?? '').split(' ');
  const size = classes.includes('head') ? 'title' : classes.includes('small') ? 'label' : 'line';
  const height = { title: 17, label: 11, line: 12 }[size];
  // From a little below the baseline up.
  return {
    text: element.text,
    x: at(element, 'x'),
    y: at(element, 'y') - height * 0.8,
    width: widthOf(element.text, size),
    height,
  };
}

/** Text that sticks out of its card or pill, or lies over other text. */
function badText(svg: Element): readonly string[] {
  const moved = svg.children.find((c) => c.attributes.transform?.startsWith('translate') === true);
  const [dx, dy] = (/translate\((\S+) (\S+)\)/.exec(moved?.attributes.transform ?? '') ?? []).slice(1).map(Number);
  const inside = all(moved ?? svg)
    .filter((e) => e.name === 'text')
    .map(wordsOf);
  const outside = svg.children
    .filter((c) => c !== moved)
    .flatMap(all)
    .filter((e) => e.name === 'text')
    .map(wordsOf);
  const everything = [...outside, ...inside.map((w) => ({ ...w, x: w.x + (dx ?? 0), y: w.y + (dy ?? 0) }))];
  const over = (a: Words, b: Words): boolean =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  const frames = all(svg).filter((g) => g.children.some((c) => /^(card|pill)\b/.test(c.attributes.class ?? '')));
  return [
    ...frames.flatMap((frame) => {
      const rect = frame.children.find((c) => c.name === 'rect');
      if (rect === undefined) return ['a frame without a rectangle'];
      const [left, top] = [at(rect, 'x'), at(rect, 'y')];
      const [right, bottom] = [left + at(rect, 'width'), top + at(rect, 'height')];
      return all(frame)
        .filter((e) => e.name === 'text')
        .map(wordsOf)
        .flatMap((w) =>
          w.x >= left && w.x + w.width <= right && w.y >= top && w.y + w.height <= bottom
            ? []
            : [`${w.text} sticks out`],
        );
    }),
    ...everything.flatMap((a, i) =>
      everything.slice(i + 1).flatMap((b) => (over(a, b) ? [`${a.text} over ${b.text}`] : [])),
    ),
    ...everything.flatMap((w) =>
      w.x >= 0 && w.x + w.width <= at(svg, 'width') && w.y >= 0 && w.y + w.height <= at(svg, 'height')
        ? []
        : [`${w.text} is off the picture`],
    ),
  ];
}

describe('text', () => {
  test.each(Object.keys(texts) as (keyof typeof texts)[])('of %s is in its place', async (name) => {
    expect(badText(read(await drawModel(modelOf(texts[name]))))).toEqual([]);
    expect(badText(read(await drawModel(modelOf(texts[name]), { fold: true })))).toEqual([]);
  });

  test('of any network', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel, async (model) => {
        const svg = read(await drawModel(model));
        expect(badText(svg)).toEqual([]);
        const drawn = all(svg).flatMap((e) => e.attributes['data-layer'] ?? []);
        expect([...drawn].sort()).toEqual(model.layers.map((l) => l.path).sort());
      }),
      { seed: 11, numRuns: 30 },
    );
  });

  test('very long names are cut', async () => {
    const name = `a_name_${'that_goes_on_and_'.repeat(5)}on`;
    const text = plain.replaceAll('Plain', name).replace('conv(4', `${name}_conv: conv(4`);
    const svg = read(await drawModel(modelOf(text)));
    expect(badText(svg)).toEqual([]);
    const shown = all(svg).flatMap((e) => (e.name === 'text' ? [e.text] : []));
    expect(shown).toContain('a_name_that_goes_on_and…');
    expect(all(svg).some((e) => e.name === 'title' && e.text.startsWith(`${name}_conv: conv(4, kernel: 3)`))).toBe(
      true,
    );
  });

  test('what XML cannot hold is told so', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const back = read(`<a b="${escaped(given)}">${escaped(given)}</a>`);
        const kept = given.replace(/(?![\n\t])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd');
        expect(back).toMatchObject({ text: kept, attributes: { b: kept } });
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

// ── meaning ──────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('what a picture says', () => {
  test('for those who do not see it', async () => {
    const svg = read(await drawModel(modelOf(siamese)));
    expect(svg.attributes.role).toBe('img');
    expect(svg.children.slice(0, 2).map((c) => [c.name, c.text])).toEqual([
      ['title', 'Network Siamese'],
      [
        'desc',
        'From left float32[16, 16, 3], right float32[16, 16, 3] through 15 layers in 2 stages and blocks to same float32[1]; policy Classic; 16,681 trainable numbers, 16 moving statistics.',
      ],
    ]);
  });

  test('stands alone, in light and dark', async () => {
    const text = await drawModel(modelOf(resnet));
    expect(text).not.toMatch(/href|url\(|<script|<image|@import|var\(/);
    const [light = '', dark = ''] = text.split('@media (prefers-color-scheme:dark)');
    const coloured = (css: string): readonly string[] =>
      [...css.matchAll(/([-.\w, ]+)\{(?:fill|stroke):#/g)].map(([, selector = '']) => selector).sort();
    expect(coloured(light).length).toBeGreaterThan(8);
    expect(coloured(dark)).toEqual(coloured(light));
  });

  const tooltip = async (text: string, layer: string): Promise<string | undefined> =>
    all(read(await drawModel(modelOf(text))))
      .find((e) => e.attributes['data-layer'] === layer)
      ?.children.find((c) => c.name === 'title')?.text;

  test('the rule that set something, and the rules that lost', async () => {
    expect(await tooltip(plain, 'conv1')).toMatchInlineSnapshot(`
      "conv1: conv(4, kernel: 3)
      float32[8, 8, 4]
      36 trainable numbers
      init: kaiming (policy Classic: conv)
      decay: none (policy Classic: conv[first])
        not 5e-4 (policy Classic: conv; less specific)"
    `);
    expect(await tooltip(plain, 'norm1')).toMatchInlineSnapshot(`
      "norm1: batch
      float32[8, 8, 4]
      8 trainable numbers
      8 moving statistics
      norm: batch (pinned in the network)
        not batch(epsilon: 1e-5) (policy Classic; the network pins it)"
    `);
  });

  test('weights of another layer', async () => {
    const svg = read(await drawModel(modelOf(siamese)));
    const line = all(svg).find((e) => e.attributes['data-layer'] === 'again1.conv1');
    expect(line?.children.map((c) => c.text)).toContain('3×3, 8  = encoder.conv1');
    // It has none: nothing is shared.
    const act = all(svg).find((e) => e.attributes['data-layer'] === 'again1.act1');
    expect(act?.children.map((c) => c.text)).toContain('relu');
  });

  test('what fills a slot has the mark of the slot, hollow where the network pins it', async () => {
    const marks = all(read(await drawModel(modelOf(plain)))).flatMap((e) => {
      const slot = e.children.find((c) => /^(norm|act|drop)\b/.test(c.attributes.class ?? ''));
      return slot === undefined || e.attributes['data-layer'] === undefined
        ? []
        : [`${e.attributes['data-layer']} ${slot.attributes.class}`];
    });
    expect(marks).toEqual(['norm1 norm pinned', 'act1 act']);
  });

  test('a shape where it changes, once', async () => {
    const shapes = all(read(await drawModel(modelOf(plain)))).flatMap((e) =>
      e.attributes['data-shape'] === undefined ? [] : [e.text],
    );
    expect(shapes).toEqual(['8×8×4', '4×4×4', '64']);
  });
});
