/**
 * A diagnostic is data. Raising one knows facts; its definition knows the wording; rendering knows terminals.
 *
 *   const channelMismatch = defineDiagnostic<{ found: number }>({ code: 'NRM2101', … });
 *   report(channelMismatch.at(span, { found: 6 }));
 */

/** A stretch of a source file, in UTF-16 offsets, end exclusive. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export type Severity = 'error' | 'warning' | 'remark';

/** One place a diagnostic points at. The first label is the primary one (`^^^`), the others are `---`. */
export interface Label {
  readonly span: Span;
  readonly text: string;
}

/** A replacement of `span` by `text`; a fix is applied as a whole. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Empty for a diagnostic without a place, such as a missing file. */
  readonly labels: readonly Label[];
  /** What to type. */
  readonly help: string | null;
  /** Edits that are certain; empty when none is. */
  readonly fix: readonly Edit[];
}

/** What a definition says, each part a function of the facts. `Places` are the names of secondary labels. */
interface DiagnosticDefinition<Facts, Places extends string = never> {
  /** NRM and four digits; never reused. */
  readonly code: `NRM${number}`;
  readonly severity: Severity;
  /** Heading of the page `docs/errors/<code>.md`. */
  readonly title: string;
  /** Stands alone: names what was expected and what was found. */
  readonly message: (facts: Facts) => string;
  /** The text under the carets; may be empty. */
  readonly label?: (facts: Facts) => string;
  readonly places?: { readonly [P in Places]: (facts: Facts) => string };
  readonly help?: (facts: Facts) => string | null;
}

export interface DiagnosticKind<Facts, Places extends string = never> extends DiagnosticDefinition<Facts, Places> {
  /** The diagnostic at a place, or without one (`null`); `places` that are absent are left out. */
  at(
    span: Span | null,
    facts: Facts,
    more?: { readonly places?: { readonly [P in Places]?: Span | null }; readonly fix?: readonly Edit[] },
  ): Diagnostic;
}

export function defineDiagnostic<Facts, Places extends string = never>(
  definition: DiagnosticDefinition<Facts, Places>,
): DiagnosticKind<Facts, Places> {
  return {
    ...definition,
    at(span, facts, more = {}) {
      const labels: Label[] = span === null ? [] : [{ span, text: definition.label?.(facts) ?? '' }];
      const spans = more.places ?? {};
      for (const place of Object.keys(definition.places ?? {}) as Places[]) {
        const at = (spans as { readonly [P in Places]?: Span | null })[place];
        const text = definition.places?.[place];
        if (at != null && text !== undefined) labels.push({ span: at, text: text(facts) });
      }
      return {
        code: definition.code,
        severity: definition.severity,
        message: definition.message(facts),
        labels,
        help: definition.help?.(facts) ?? null,
        fix: more.fix ?? [],
      };
    },
  };
}

/** Where a stage of the compiler puts what it finds. */
export type Report = (diagnostic: Diagnostic) => void;

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((d) => d.severity === 'error');
