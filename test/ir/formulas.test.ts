/** What `explain` says of every optimizer, schedule and way up: kept as text, so that a formula changes only when it is meant to. */
import { expect, test } from 'vitest';
import type { AttrValues } from '../../src/ir/graph.ts';
import { ascents, optimizers, schedules } from '../../src/ir/ops/index.ts';
import type { ArgumentsOf, Signature } from '../../src/ir/signature.ts';
import type { Entry, Formula } from '../../src/ir/vocabulary.ts';

const bound = (def: Entry, args: AttrValues): ArgumentsOf<Signature> => ({
  ...Object.fromEntries(Object.entries(def.signature).map(([key, spec]) => [key, spec.default ?? null])),
  ...args,
});

/** Arguments in which formulas differ. */
const variants: Readonly<Record<string, readonly AttrValues[]>> = {
  sgd: [{}, { momentum: 0.9 }, { momentum: 0.9, nesterov: true }],
  rmsprop: [{}, { momentum: 0.9, centered: true }],
  adam: [{}, { amsgrad: true }],
  constant: [{}, { warmup: 5, per: 'epoch' }],
  step: [
    { every: 1, per: 'epoch' },
    { every: 500, warmup: 100 },
    { at: [30, 60], per: 'epoch' },
  ],
  exponential: [
    { factor: 0.5, every: 1 },
    { factor: 0.5, every: 10, per: 'epoch', warmup: 5 },
  ],
  polynomial: [{}, { power: 2, final: 1e-4, warmup: 10 }, { length: 50, per: 'epoch' }],
  cosine: [{}, { warmup: 100, final: 1e-4 }, { warmup: 5, length: 50, per: 'epoch' }],
  one_cycle: [{}, { anneal: 'linear', length: 10, per: 'epoch' }],
  reduce_on_plateau: [{}, { monitor: 'loss', patience: 1, cooldown: 3, min: 1e-5 }],
};

const entries: readonly (readonly [Entry, (args: ArgumentsOf<Signature>) => Formula | undefined])[] = [
  ...Object.values(optimizers).map((def) => [def, (args: ArgumentsOf<Signature>) => def.formula?.(args)] as const),
  ...Object.values(schedules).map((def) => [def, (args: ArgumentsOf<Signature>) => def.formula?.(args, 0.01)] as const),
  ...Object.values(ascents).map((def) => [def, def.formula] as const),
];

test('formulas', async () => {
  const lines = entries.flatMap(([def, formula]) =>
    (variants[def.name] ?? [{}]).flatMap((args) => {
      const found = formula(bound(def, args));
      if (found === undefined) throw new Error(`${def.name} has no formula`);
      return [`${def.name} ${JSON.stringify(args)}`, ...[found.text, ...found.where].map((line) => `    ${line}`)];
    }),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/formulas.txt');
});
