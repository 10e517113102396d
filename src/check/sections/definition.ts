/** What a setting of a section is: `clip` of `gradient { clip: global_norm(1) }`. */
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { Value } from '../../ir/value.ts';
import type { Formula } from '../../ir/vocabulary.ts';
import type { Expression } from '../../parser/tree.ts';
import type { Environment } from '../values.ts';

/** `T`: its value, bound. `none` is read before it is asked: it takes away what an earlier policy says. */
export interface SectionSetting<T> {
  /** One line for hovers and the reference. */
  readonly doc: string;
  /** The bound value, or null after saying what is wrong with what is written. */
  readonly bind: (value: Value, environment: Environment, report: Report) => T | null;
  /** As the value that says so, every argument written out. */
  readonly print: (bound: T) => Expression;
  /** What it does, with its numbers, for `explain`; null where the value says it all. */
  readonly formula: (bound: T) => Formula | null;
}

/** Keeps the type of the bound value. */
export const sectionSetting = <T>(setting: SectionSetting<T>): SectionSetting<T> => setting;
