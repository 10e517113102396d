/** What a run has left, as its page and the lines of a terminal read it. */

export interface RunResults {
  /** Its folder's name. */
  readonly name: string;
  readonly train: string;
  readonly network: string;
  readonly policy: string | null;
  readonly status: 'running' | 'interrupted' | 'failed' | 'finished';
  /** Of a failed one. */
  readonly why: string | null;
  readonly backend: string;
  readonly seed: number;
  readonly version: string;
  /** How many it was asked for. */
  readonly epochs: number;
  /** The folder and the files of the data. */
  readonly data: { readonly folder: string; readonly files: readonly string[] };
  readonly history: History;
  /** By names for people; null as long as nothing was measured. */
  readonly test: TestResult | null;
  /** Sentences on how training went: which epoch was best, why it stopped. */
  readonly notes: readonly string[];
  /** What else is known of it: `speed`, `0.31 ms for 256 samples`. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  /** The resolved spec. */
  readonly spec: string;
  /** SVG; null where nobody could draw it. */
  readonly picture: string | null;
}

export interface TestResult {
  readonly samples: number;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Metrics that are a number for each class: `f1_per_class`. */
  readonly byClass: Readonly<Record<string, readonly number[]>>;
}

/** What a run's history says. */
export interface History {
  readonly epochs: readonly EpochPoint[];
  readonly updates: readonly UpdatePoint[];
  readonly inspections: readonly InspectionPoint[];
  /** How often each class (rows) was taken for each (columns) in the test part, by output. */
  readonly confusion: Readonly<Record<string, Matrix>>;
}

export type Matrix = readonly (readonly number[])[];

/** A phase that follows another begins with update 0 again, or goes on; `at` counts its epochs on. */
interface Point {
  readonly at: number;
  readonly update: number;
  readonly loss: number;
  readonly penalty: number;
  /** By rule, where several have one. */
  readonly penalties: Readonly<Record<string, number>>;
  readonly rate: number | null;
}

/** Of training, per update; `at` in epochs. */
export type UpdatePoint = Point;

export interface EpochPoint extends Point {
  readonly phase: string;
  /** On the validation part: `loss`, `accuracy` and so on; empty without one. */
  readonly validation: Readonly<Record<string, number>>;
  readonly isBest: boolean;
  readonly seconds: number;
}

export interface InspectionPoint {
  readonly phase: string;
  readonly update: number;
  readonly samples: number;
  readonly layers: Readonly<Record<string, LayerPoint>>;
  readonly parameters: Readonly<Record<string, ParameterPoint>>;
}

/** As in `src/runtime/inspection.ts`, which says what the numbers are. */
export interface LayerPoint {
  readonly mean: number | null;
  readonly std: number | null;
  readonly units: number;
  readonly dead?: number;
  readonly saturated?: number;
  readonly gradient?: { readonly mean: number | null; readonly std: number | null; readonly norm: number | null };
}

interface ParameterPoint {
  readonly norm: number | null;
  readonly gradient?: number | null;
  readonly moved: number | null;
}
