/** A diagnostic as a program reads it: `nrmc check --format json`, described in docs/diagnostics.md. Fields are added, never changed. */
import type { Diagnostic, Span } from './diagnostic.ts';
import { type Lines, linesOf } from './positions.ts';
import type { Sources } from './render.ts';

interface JsonPlace {
  readonly file: string;
  /** In the text of the file, UTF-16, end exclusive: what a program needs to apply a fix. */
  readonly offset: number;
  readonly endOffset: number;
  /** Null when the text of the file is not known. */
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
  readonly labels: readonly (JsonPlace & { readonly text: string })[];
  readonly help: string | null;
  readonly fix: readonly (JsonPlace & { readonly text: string })[];
}

export function toJson(diagnostic: Diagnostic, sources: Sources): JsonDiagnostic {
  const { code, severity, message, help } = diagnostic;
  const known = new Map<string, Lines | null>();
  const place = (span: Span): JsonPlace => {
    const text = known.has(span.file) ? undefined : sources(span.file);
    const lines = known.get(span.file) ?? (text === undefined ? null : linesOf(text));
    known.set(span.file, lines);
    const from = lines?.position(span.start);
    const to = lines?.position(span.end);
    return {
      file: span.file,
      offset: span.start,
      endOffset: span.end,
      line: from?.line ?? null,
      column: from?.column ?? null,
      endLine: to?.line ?? null,
      endColumn: to?.column ?? null,
    };
  };
  const labels = diagnostic.labels.map(({ span, text }) => ({ ...place(span), text }));
  const { file, line, column, endLine, endColumn } = labels[0] ?? {
    file: null,
    line: null,
    column: null,
    endLine: null,
    endColumn: null,
  };
  const fix = diagnostic.fix.map(({ span, text }) => ({ ...place(span), text }));
  return { code, severity, message, file, line, column, endLine, endColumn, labels, help, fix };
}
