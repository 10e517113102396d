/**
 * The sections of a policy, which are about no place of a network: `gradient { … }`, `input { … }`, `stop { … }`. A new setting is a row
 * in the file of its section. The latest policy that says something wins.
 */
import type { Report, Span } from '../../diagnostics/diagnostic.ts';
import type { Value } from '../../ir/value.ts';
import type { Formula } from '../../ir/vocabulary.ts';
import type { Expression } from '../../parser/tree.ts';
import type { RuleOrigin } from '../policy.ts';
import { isNone } from '../settings/refuse.ts';
import { tracing } from '../tracing.ts';
import type { Environment } from '../values.ts';
import type { Section } from '../words.ts';
import type { SectionSetting } from './definition.ts';
import { gradient } from './gradient.ts';
import { input } from './input.ts';
import { stop } from './stop.ts';

export const sectionTable = { gradient, input, stop } as const satisfies Record<Section, object>;

type BoundOf<T> = { readonly [K in keyof T]?: T[K] extends SectionSetting<infer B> ? B : never };

/** What is in force of each section; a setting that nobody writes is not there. */
export type Sections = { readonly [S in Section]: BoundOf<(typeof sectionTable)[S]> };

/** A setting as a policy says it; `bound` is null for `none`. */
export interface FlatSectionSetting {
  readonly section: Section;
  readonly key: string;
  readonly bound: unknown;
  readonly value: Value;
  readonly origin: RuleOrigin;
  readonly span: Span;
}

/** Names of the settings of a section. */
export const keysOf = (section: Section): readonly string[] => Object.keys(sectionTable[section]);

/** The section that a setting of that name stands in; null when there is none. */
export const sectionOfKey = (key: string): Section | null =>
  (Object.keys(sectionTable) as Section[]).find((section) => Object.hasOwn(sectionTable[section], key)) ?? null;

function definitionOf(section: Section, key: string): SectionSetting<unknown> {
  const table: Readonly<Record<string, unknown>> = sectionTable[section];
  if (!Object.hasOwn(table, key)) throw new Error(`section ${section} has no setting ${key}`);
  // What it binds is only handed back to it.
  return table[key] as SectionSetting<unknown>;
}

/** Null after saying what is wrong. */
export function bindSectionSetting(
  section: Section,
  key: string,
  value: Value,
  environment: Environment,
  report: Report,
): { readonly bound: unknown } | null {
  if (isNone(value)) return { bound: null };
  const bound = definitionOf(section, key).bind(value, environment, tracing([value], report));
  return bound === null ? null : { bound };
}

/** What is in force, of settings the latest of which comes first. */
export function sectionsInForce(settings: readonly FlatSectionSetting[]): Sections {
  const found: Record<Section, Record<string, unknown>> = { gradient: {}, input: {}, stop: {} };
  for (const { section, key, bound } of winnersOf(settings)) if (bound !== null) found[section][key] = bound;
  // Each value was bound by the definition whose type it is read by.
  return found as Sections;
}

/** For each setting that is written the first, which beats the others; in the order of the table, however they are written. */
export const winnersOf = (settings: readonly FlatSectionSetting[]): readonly FlatSectionSetting[] =>
  settings
    .filter((s, i) => settings.findIndex((o) => o.section === s.section && o.key === s.key) === i)
    .toSorted((a, b) => positionOf(a) - positionOf(b));

const positionOf = ({ section, key }: FlatSectionSetting): number => keysOf(section).indexOf(key);

/** What is in force, as values that say it. */
export const sectionSettings = (
  sections: Sections,
): readonly { readonly section: Section; readonly key: string; readonly value: Expression }[] =>
  (Object.keys(sections) as Section[]).flatMap((section) =>
    Object.entries<unknown>(sections[section]).map(([key, bound]) => ({
      section,
      key,
      value: definitionOf(section, key).print(bound),
    })),
  );

export const printSectionSetting = ({ section, key, bound }: FlatSectionSetting): Expression =>
  definitionOf(section, key).print(bound);

export const formulaOf = ({ section, key, bound }: FlatSectionSetting): Formula | null =>
  bound === null ? null : definitionOf(section, key).formula(bound);
