/** What is done to raw values before a network sees them: one entry a method. `src/runtime/preprocessing` has the formulas. */
import { training } from '../../diagnostics/catalog/training.ts';
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Bound } from '../../ir/recipe.ts';
import { choice, custom, number } from '../../ir/signature.ts';
import type { Value } from '../../ir/value.ts';
import { bindEntry } from '../entries.ts';
import { describe, emptyEnvironment } from '../values.ts';
import type { PreprocessingDef } from './definitions.ts';

const per = choice(['all', 'channel'], {
  default: 'all',
  doc: 'over all values together, or for each place of the last axis by itself',
});

/** A bound of the target range: any finite number. */
const bound = (value: number, doc: string) =>
  custom('a number', (v: Value) => (v.kind === 'number' ? v.value : undefined), {
    default: value,
    positional: true,
    doc,
  });

const minmax: PreprocessingDef = {
  name: 'minmax',
  doc: '(x − min)/(max − min), into [0, 1]; `minmax(-1, 1)` into [−1, 1]',
  signature: {
    low: bound(0, 'what the smallest value becomes'),
    high: bound(1, 'what the largest value becomes'),
    per,
  },
};

const standardize: PreprocessingDef = {
  name: 'standardize',
  doc: '(x − mean)/std: mean 0, standard deviation 1',
  signature: { per },
};

const zca: PreprocessingDef = {
  name: 'zca',
  doc: 'whitening: (x − mean)·W, W = U(Λ + εI)^(−½)Uᵀ of the covariance UΛUᵀ; every two numbers of a sample become uncorrelated',
  signature: {
    epsilon: number({ default: 0.1, min: 0, doc: 'keeps directions of little variance from being blown up' }),
  },
  most: 3072,
};

export const preprocessings: Readonly<Record<string, PreprocessingDef>> = { minmax, standardize, zca };

const vocabulary = {
  table: preprocessings,
  kind: 'preprocessing',
  noun: 'preprocessing',
  article: 'a',
} as const;

/** The steps in order, or null after saying what is wrong. `of`: the field, as far as its type is known. */
export function readPreprocessing(
  value: Value,
  of: { readonly name: string; readonly dtype: string; readonly shape: readonly number[] },
  span: Span,
  report: Report,
): readonly Bound<PreprocessingDef>[] | null {
  if (value.kind === 'word' && value.word === 'none') return [];
  const items = value.kind === 'list' ? value.items : [value];
  if (items.length === 0) {
    const accepts = 'a preprocessing, or a list of them';
    const hint = 'leave it out to take values as they are';
    report(training.badValue.at(value.span, { key: of.name, accepts, found: 'an empty list', nearest: null, hint }));
    return null;
  }
  const steps = items.map((item) => readStep(item, of, report));
  if (steps.includes(null)) return null;
  const found = steps.filter((s) => s !== null);
  if (found.length > 0 && of.dtype === 'int32') {
    const names = found.map((s) => s.def.name);
    report(training.preprocessedIntegers.at(span, { field: of.name, shape: of.shape, names }));
    return null;
  }
  const whitening = found.findIndex((s) => s.def === zca);
  const after = whitening < 0 ? undefined : found[whitening + 1];
  if (after !== undefined) {
    report(training.whiteningNotLast.at(items[whitening]?.span ?? span, { after: after.def.name }));
    return null;
  }
  return found;
}

function readStep(
  value: Value,
  of: { readonly name: string; readonly shape: readonly number[] },
  report: Report,
): Bound<PreprocessingDef> | null {
  const refuse = (wrong: Value, accepts: string, near: string | null): void =>
    report(
      training.badValue.at(wrong.span, {
        key: of.name,
        accepts: `${accepts} or \`none\``,
        found: describe(wrong),
        nearest: near,
        hint: wrong.kind === 'list' ? 'several are a list, the first one first: `[minmax, zca]`' : null,
      }),
    );
  const step = bindEntry(value, vocabulary, emptyEnvironment, report, refuse);
  if (step === null) return null;
  const { def, args } = step;
  const size = of.shape.reduce((a, b) => a * b, 1);
  if (def.most !== undefined && size > def.most) {
    report(training.whiteningTooLarge.at(value.span, { field: of.name, size, most: def.most }));
    return null;
  }
  if (def === minmax && Number(args.low) >= Number(args.high)) {
    refuse(value, '`minmax(low, high)` with `low` below `high`, another preprocessing', null);
    return null;
  }
  return step;
}
