/** What a train can measure beside its losses. How each is computed stands in `src/runtime/metrics/`, under the same name. */
import type { AttrValue } from '../../ir/graph.ts';
import { type ArgumentsOf, choice, int, type Signature } from '../../ir/signature.ts';
import type { Entry } from '../../ir/vocabulary.ts';

export interface MetricDef<S extends Signature = Signature> extends Entry<S> {
  /** What the target is: one class of several, or numbers. */
  readonly of: 'classes' | 'numbers';
  /** It reads how sure the network is, so the loss must say what its output means. */
  readonly probabilities: boolean;
  readonly better: 'higher' | 'lower' | null;
  /** What it is called in reports, summaries and histories. */
  readonly as: (args: ArgumentsOf<S>) => string;
}

const metric = <const S extends Signature>(def: MetricDef<S>): MetricDef => def as unknown as MetricDef;

const average = choice(['macro', 'micro', 'per_class'], {
  default: 'macro',
  doc: '`macro`: the mean over the classes that occur · `micro`: of all decisions together · `per_class`: one number a class',
});

const ofClasses = (name: string, doc: string): MetricDef =>
  metric({
    name,
    doc,
    of: 'classes',
    probabilities: false,
    better: 'higher',
    signature: { average },
    as: (args) => (args.average === 'macro' ? name : `${name}_${args.average}`),
  });

const ofNumbers = (name: string, doc: string, better: 'higher' | 'lower'): MetricDef =>
  metric({ name, doc, of: 'numbers', probabilities: false, better, signature: {}, as: () => name });

const all: readonly MetricDef[] = [
  metric({
    name: 'accuracy',
    doc: 'share of samples whose largest output is their class: top-1 accuracy; the top-1 error is 1 − accuracy',
    of: 'classes',
    probabilities: false,
    better: 'higher',
    signature: {},
    as: () => 'accuracy',
  }),
  metric({
    name: 'top_k',
    doc: 'share of samples whose class is among the k largest outputs, or is not',
    of: 'classes',
    probabilities: false,
    better: 'higher',
    signature: {
      k: int({ min: 1, positional: true, doc: 'how many guesses count' }),
      show: choice(['accuracy', 'error'], {
        default: 'accuracy',
        doc: 'the share that is right, or the one that is wrong',
      }),
    },
    as: ({ k, show }) => `top_${k}_${show}`,
  }),
  ofClasses('precision', 'of the samples guessed to be of a class, the share that is'),
  ofClasses('recall', 'of the samples of a class, the share that is guessed to be'),
  ofClasses('f1', 'harmonic mean of precision and recall'),
  metric({
    name: 'confusion_matrix',
    doc: 'how many samples of each class (rows) are guessed to be of each class (columns)',
    of: 'classes',
    probabilities: false,
    better: null,
    signature: {},
    as: () => 'confusion_matrix',
  }),
  metric({
    name: 'calibration_error',
    doc: 'mean distance between how sure the network is of its guess and how often it is right, over bins of equal width',
    of: 'classes',
    probabilities: true,
    better: 'lower',
    signature: { bins: int({ min: 1, default: 15, doc: 'how many bins from 0 to 1' }) },
    as: () => 'calibration_error',
  }),
  ofNumbers('mean_absolute_error', 'mean of |p − t|', 'lower'),
  ofNumbers('mean_squared_error', 'mean of (p − t)²', 'lower'),
  ofNumbers('r2', '1 − Σ(p − t)²/Σ(t − mean t)², the mean over the outputs', 'higher'),
];

export const metrics: Readonly<Record<string, MetricDef>> = Object.fromEntries(all.map((def) => [def.name, def]));

/** Equal metrics are one. */
export const sameArguments = (a: Readonly<Record<string, AttrValue>>, b: typeof a): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
