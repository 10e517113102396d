/** The data of a train, as the run's configuration says it. What is as it is by default is left out. */
import type { PreprocessingDef, SourceDef } from '../../check/data/definitions.ts';
import type { DataConfig, DataField, TrainConfig } from '../../check/model.ts';
import type { AttrValue } from '../../ir/graph.ts';
import type { Bound } from '../../ir/recipe.ts';

/** A value of the run's configuration as source text; keys are our own. */
export type Literal = string | number | boolean | null | readonly Literal[] | { readonly [key: string]: Literal };

export const dataLiteral = (data: DataConfig): Literal => ({
  name: data.name,
  source: sourceLiteral(data.source),
  fields: data.fields.map(fieldLiteral),
  ...(data.columns.length === 0
    ? {}
    : { columns: data.columns.map(({ field, columns }): Literal => ({ field, columns: [...columns] })) }),
  validation: data.validation,
  ...(data.test === null ? {} : { test: typeof data.test === 'number' ? data.test : sourceLiteral(data.test) }),
  ...(data.limit.train === null && data.limit.test === null ? {} : { limit: { ...data.limit } }),
  ...(data.shuffle ? {} : { shuffle: false }),
});

export const augmentLiteral = ({ images, list }: NonNullable<TrainConfig['augment']>): Literal => ({
  images: [...images],
  list: list.map(({ def, args }) => ({ kind: def.name, ...argumentsOf({ args }) })),
});

const isList = (value: AttrValue): value is readonly AttrValue[] => Array.isArray(value);

const literalOf = (value: AttrValue): Literal => (isList(value) ? value.map(literalOf) : value);

const argumentsOf = ({ args }: Pick<Bound<unknown>, 'args'>): { readonly [key: string]: Literal } =>
  Object.fromEntries(Object.entries(args).map(([key, value]) => [key, literalOf(value)]));

const sourceLiteral = (source: Bound<SourceDef>): Literal => ({ kind: source.def.name, ...argumentsOf(source) });

function fieldLiteral(field: DataField): Literal {
  if (field.kind === 'class') return { kind: field.kind, name: field.name, classes: field.classes };
  const { kind, name, dtype, shape, preprocessing } = field;
  return { kind, name, dtype, shape: [...shape], preprocessing: preprocessingLiteral(preprocessing) };
}

/** A word where that says it all. */
function preprocessingLiteral(steps: readonly Bound<PreprocessingDef>[]): Literal {
  const [only, ...more] = steps;
  if (only === undefined) return 'none';
  const plain =
    only.def.name !== 'zca' && Object.entries(only.def.signature).every(([key, s]) => only.args[key] === s.default);
  if (plain && more.length === 0) return only.def.name;
  return steps.map((step): Literal => ({ kind: step.def.name, ...argumentsOf(step) }));
}
