/**
 * The cascade against a naive model of its own: random networks, random policies, random overrides. The model knows places as chains of
 * names and picks winners by sorting tuples; it shares no code with the checker.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explain } from '../../src/check/explain/index.ts';
import { checkTrain, resolvedSpec } from '../../src/check/index.ts';
import type { Model } from '../../src/check/model.ts';
import { parse } from '../../src/parser/index.ts';

// ── networks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Item =
  | { readonly kind: 'dense'; readonly units: number; readonly label: string | null }
  | { readonly kind: 'norm'; readonly label: string | null }
  | { readonly kind: 'unit'; readonly label: string | null }
  | { readonly kind: 'stage'; readonly label: string; readonly body: readonly Item[] };

/** A place as the naive model has it. */
interface Spot {
  readonly path: string;
  /** What it may be called: its name, and its op, slot or block. */
  readonly called: readonly string[];
  readonly word: string | null;
  readonly kind: 'op' | 'slot' | 'block' | 'label' | 'parameter';
  readonly units: number | null;
  /** Indices of the places around it, outermost first. */
  readonly around: readonly number[];
}

const labels = ['stem', 'head', 'tail', 'mid'] as const;
const leaf = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units: fc.constantFrom(3, 4), label: fc.constant(null) }),
  fc.record({ kind: fc.constant('norm' as const), label: fc.constant(null) }),
  fc.record({ kind: fc.constant('unit' as const), label: fc.constant(null) }),
);
const { body } = fc.letrec<{ body: readonly Item[] }>((tie) => ({
  body: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: leaf },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('stage' as const),
          label: fc.constantFrom(...labels),
          body: tie('body'),
        }),
      },
    ),
    { minLength: 1, maxLength: 4, depthIdentifier: 'network' },
  ),
}));

/** Labels once in each stage, stages not empty; named layers here and there. */
function tidy(items: readonly Item[], depth = 0): readonly Item[] {
  const taken = new Set<string>();
  return items.flatMap((item): Item[] => {
    if (item.kind !== 'stage') return [item];
    if (taken.has(item.label) || depth > 1) return [];
    taken.add(item.label);
    const inner = tidy(item.body, depth + 1);
    return inner.length === 0 ? [] : [{ ...item, body: inner }];
  });
}

const textOf = (items: readonly Item[]): string =>
  items
    .map((i) =>
      i.kind === 'stage'
        ? `${i.label}: { ${textOf(i.body)} }`
        : i.kind === 'dense'
          ? `dense(${i.units})`
          : i.kind === 'norm'
            ? 'norm'
            : 'Unit(5)',
    )
    .join('  ');

/** Every place in network order, weights behind their layer. Norms are batch norms. */
function spotsOf(items: readonly Item[]): readonly Spot[] {
  const spots: Spot[] = [];
  const add = (spot: Omit<Spot, 'around'>, around: readonly number[]): readonly number[] => {
    spots.push({ ...spot, around });
    return [...around, spots.length - 1];
  };
  const layer = (
    path: string,
    name: string,
    word: 'dense' | 'norm',
    units: number | null,
    around: readonly number[],
    bias: boolean,
  ): void => {
    const own = add({ path, called: [name, word], word, kind: word === 'norm' ? 'slot' : 'op', units }, around);
    const weights = word === 'norm' ? ['gamma', 'beta', 'mean', 'variance'] : bias ? ['kernel', 'bias'] : ['kernel'];
    for (const w of weights)
      add({ path: `${path}.${w}`, called: [w], word: null, kind: 'parameter', units: null }, own);
  };
  const flat: { readonly word: string; readonly at: number }[] = [];
  const walk = (inner: readonly Item[], prefix: string, around: readonly number[]): void => {
    const counts = new Map<string, number>();
    const next = (word: string): string => {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      return `${word}${counts.get(word)}`;
    };
    for (const item of inner) {
      if (item.kind === 'stage') {
        const path = `${prefix}${item.label}`;
        walk(
          item.body,
          `${path}.`,
          add({ path, called: [item.label], word: null, kind: 'label', units: null }, around),
        );
      } else if (item.kind === 'unit') {
        const name = next('Unit');
        const path = `${prefix}${name}`;
        const own = add({ path, called: [name, 'Unit'], word: 'Unit', kind: 'block', units: null }, around);
        flat.push({ word: 'dense', at: spots.length });
        layer(`${path}.dense1`, 'dense1', 'dense', 5, own, false);
        flat.push({ word: 'norm', at: spots.length });
        layer(`${path}.norm1`, 'norm1', 'norm', null, own, false);
      } else {
        const name = next(item.kind);
        flat.push({ word: item.kind, at: spots.length });
        layer(`${prefix}${name}`, name, item.kind, item.kind === 'dense' ? item.units : null, around, true);
      }
    }
  };
  walk(items, '', []);
  // A dense layer right before a norm has no bias.
  const without = new Set(
    flat.flatMap(({ word, at }, i) =>
      word === 'dense' && flat[i + 1]?.word === 'norm' ? [`${spots[at]?.path}.bias`] : [],
    ),
  );
  const kept = spots.map((_, i) => i).filter((i) => !without.has(spots[i]?.path ?? ''));
  const moved = new Map(kept.map((from, to) => [from, to]));
  return kept.flatMap((i) => {
    const spot = spots[i];
    return spot === undefined ? [] : [{ ...spot, around: spot.around.map((a) => moved.get(a) ?? -1) }];
  });
}

// ── selectors ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Bracket = 'first' | 'last' | number | { readonly units: number } | { readonly not: string };
interface Part {
  readonly names: readonly string[];
  readonly brackets: readonly Bracket[];
}
interface Rule {
  readonly selector: readonly Part[];
  readonly decay: number;
}

const name = fc.constantFrom(
  ...labels,
  'dense',
  'norm',
  'Unit',
  'dense1',
  'dense2',
  'norm1',
  'Unit1',
  'kernel',
  'gamma',
  'bias',
);
const bracket: fc.Arbitrary<Bracket> = fc.oneof(
  fc.constantFrom('first' as const, 'last' as const),
  fc.integer({ min: 1, max: 3 }),
  fc.record({ units: fc.constantFrom(3, 4, 5) }),
  fc.record({ not: fc.constantFrom('stem', 'Unit', 'dense1') }),
);
const part = fc
  .record({ names: fc.array(name, { minLength: 1, maxLength: 2 }), brackets: fc.array(bracket, { maxLength: 1 }) })
  // Only dense layers have units.
  .map((p) => ({
    ...p,
    brackets: p.brackets.filter(
      (b) => typeof b !== 'object' || 'not' in b || p.names.at(-1)?.startsWith('dense') === true,
    ),
  }));
const selector = fc.array(part, { minLength: 1, maxLength: 2 });

const bracketText = (b: Bracket): string =>
  typeof b === 'object' ? ('units' in b ? `[units: ${b.units}]` : `[not ${b.not}?]`) : `[${b}]`;
const selectorText = (parts: readonly Part[]): string =>
  parts.map((p) => p.names.join('.') + p.brackets.map(bracketText).join('')).join(' ');

function find(parts: readonly Part[], spots: readonly Spot[]): readonly number[] {
  const last = parts.at(-1);
  if (last === undefined) return [];
  const outside = parts.length > 1 ? find(parts.slice(0, -1), spots) : null;
  const chain = (i: number): readonly number[] => [...(spots[i]?.around ?? []), i];
  let found = spots
    .map((_, i) => i)
    .filter((i) => {
      const line = chain(i);
      const tail = line.slice(-last.names.length);
      if (tail.length < last.names.length) return false;
      if (!tail.every((at, n) => spots[at]?.called.includes(last.names[n] ?? ''))) return false;
      return outside === null || line.slice(0, -last.names.length).some((at) => outside.includes(at));
    });
  for (const b of last.brackets) {
    if (typeof b !== 'object') continue;
    const excluded = 'not' in b ? find([{ names: [b.not], brackets: [] }], spots) : [];
    found = found.filter((i) =>
      'units' in b ? spots[i]?.units === b.units : !chain(i).some((at) => excluded.includes(at)),
    );
  }
  for (const b of last.brackets) {
    if (typeof b === 'object') continue;
    found = b === 'first' ? found.slice(0, 1) : b === 'last' ? found.slice(-1) : found.slice(b - 1, b);
  }
  return found;
}

const ranks = ['op', 'slot', 'block', 'label', 'parameter'];

/** Decay of every weight: rules in order, overrides behind them. */
function decays(
  spots: readonly Spot[],
  rules: readonly Rule[],
  overrides: readonly Rule[],
): Readonly<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const [w, weight] of spots.entries()) {
    if (weight.kind !== 'parameter') continue;
    const bids = [...rules, ...overrides].flatMap((rule, order) =>
      find(rule.selector, spots)
        .filter((i) => i === w || (weight.path.endsWith('.kernel') && weight.around.includes(i)))
        .map((i) => {
          const spot = spots[i];
          const lastName = rule.selector.at(-1)?.names.at(-1);
          const kind = spot?.kind === 'parameter' ? 'parameter' : spot?.word === lastName ? spot?.kind : 'label';
          const names = rule.selector.reduce((n, p) => n + p.names.length + p.brackets.length, 0);
          return { decay: rule.decay, key: [order >= rules.length ? 1 : 0, ranks.indexOf(kind ?? ''), names, order] };
        }),
    );
    const best = bids.toSorted((a, b) => a.key.map((k, i) => (b.key[i] ?? 0) - k).find((d) => d !== 0) ?? 0)[0];
    if (best !== undefined) result[weight.path] = best.decay;
  }
  return result;
}

// ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const rulesText = (rules: readonly Rule[]): string =>
  rules.map((r) => `${selectorText(r.selector)}? { decay: ${r.decay} }`).join('\n  ');

const specOf = (items: readonly Item[], first: readonly Rule[], second: readonly Rule[]): string => `
block Unit(n) { dense(n) norm }
network Net with P { input image: float32[2, 2, 1]  flatten  ${textOf(items)}  flatten }
policy P { norm?: batch
  ${rulesText(first)} }
policy Q { ${rulesText(second)} }
data D { source: idx("d")  fields { image: float32[2, 2, 1]  label: class(${widthOf(items)}) } }
train t { network: Net  policy: [P, Q]  data: D  loss: cross_entropy  optimizer: sgd(rate: 0.1)  batch: 16  epochs: 1 }
`;

/** Features of the last layer that changes them. */
function widthOf(items: readonly Item[]): number {
  const widths = items.flatMap(function inner(i): readonly number[] {
    return i.kind === 'stage' ? i.body.flatMap(inner) : i.kind === 'dense' ? [i.units] : i.kind === 'unit' ? [5] : [];
  });
  return widths.at(-1) ?? 4;
}

const found = (model: Model): Readonly<Record<string, number>> =>
  Object.fromEntries(
    model.layers.flatMap((l) =>
      l.weights.flatMap((w) => (w.decay === null ? [] : [[w.name, w.decay.amount] as const])),
    ),
  );

const rules = (from: number) =>
  fc
    .array(selector, { maxLength: 4 })
    .map((all) => all.map((s, i): Rule => ({ selector: s, decay: (from + i) / 1000 })));

/** Moving statistics take no decay: such a rule is an error, and here nothing names them. */
const spec = fc.record({
  items: body.map((items) => tidy(items)).filter((items) => items.length > 0),
  first: rules(1),
  second: rules(11),
  set: rules(21),
});

/** An override must find something that it can set. */
const useful = (set: readonly Rule[], spots: readonly Spot[]): readonly Rule[] =>
  set.filter((rule) =>
    find(rule.selector, spots).some((i) =>
      spots.some((s, w) => s.kind === 'parameter' && (w === i || (s.path.endsWith('.kernel') && s.around.includes(i)))),
    ),
  );

function trained(text: string, set: readonly string[]) {
  const { tree, diagnostics } = parse(text, 'spec.nrm');
  const checked = checkTrain(tree, 't', { set });
  if (checked.train === null)
    throw new Error([...diagnostics, ...checked.diagnostics].map((d) => d.message).join('\n'));
  return checked.train;
}

const runs = { numRuns: 400, seed: 20 };

test('every weight has the decay that the naive model gives it', () => {
  fc.assert(
    fc.property(spec, ({ items, first, second, set: all }) => {
      const spots = spotsOf(items);
      const overrides = useful(all, spots);
      const set = overrides.map((r) => `policy.${selectorText(r.selector)}.decay=${r.decay}`);
      fc.pre(new Set(set.map((s) => s.split('=')[0])).size === set.length);
      const train = trained(specOf(items, first, second), set);
      expect(found(train.model)).toEqual(decays(spots, [...first, ...second], overrides));
    }),
    runs,
  );
});

test('the resolved spec gives every weight the same, and is its own resolved spec', () => {
  fc.assert(
    fc.property(spec, ({ items, first, second, set: all }) => {
      const set = useful(all, spotsOf(items)).map((r) => `policy.${selectorText(r.selector)}.decay=${r.decay}`);
      fc.pre(new Set(set.map((s) => s.split('=')[0])).size === set.length);
      const train = trained(specOf(items, first, second), set);
      const resolved = resolvedSpec(train);
      const again = trained(resolved, []);
      expect(found(again.model)).toEqual(found(train.model));
      expect(resolvedSpec(again)).toBe(resolved);
    }),
    runs,
  );
});

const piece = fc.constantFrom(
  'policy',
  'train',
  'network',
  'Net',
  'P',
  'norm',
  'conv',
  'dense1',
  'decay',
  'batch',
  'optimizer',
  'rate',
  '.',
  '.',
  '=',
  '=',
  '[',
  ']',
  '(',
  ')',
  'first',
  'not',
  ':',
  ',',
  ' ',
  '0.1',
  'none',
  '"',
  '?',
  '{',
  '}',
  '%',
  '-',
);
const noise = fc.array(piece, { maxLength: 9 }).map((parts) => parts.join(''));

test('no text of an option makes the checker fail, and what is wrong is told in its place', () => {
  const text = specOf([{ kind: 'dense', units: 3, label: null }], [], []);
  const { tree } = parse(text, 'spec.nrm');
  fc.assert(
    fc.property(fc.array(noise, { minLength: 1, maxLength: 2 }), noise, (set, policy) => {
      const length = set.join('\n').length;
      for (const checked of [checkTrain(tree, 't', { set }), checkTrain(tree, 't', { policy })]) {
        expect(checked.train !== null || checked.diagnostics.some((d) => d.severity === 'error')).toBe(true);
        for (const { span } of checked.diagnostics.flatMap((d) => d.labels)) {
          const end = span.file === '--set' ? length : span.file === '--policy' ? policy.length : text.length;
          expect(span.start >= 0 && span.start <= span.end && span.end <= end).toBe(true);
        }
      }
    }),
    { numRuns: 500, seed: 3 },
  );
});

test('no target makes explaining fail', () => {
  const train = trained(specOf([{ kind: 'dense', units: 3, label: null }], [], []), []);
  fc.assert(
    fc.property(noise, (target) => {
      const found: string[] = [];
      const explained = explain(target, { built: train.origin, train }, (d) => found.push(d.code));
      expect(explained !== null || found.length > 0).toBe(true);
    }),
    { numRuns: 300, seed: 4 },
  );
});
