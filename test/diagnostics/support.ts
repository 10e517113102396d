import type { Diagnostic, Label } from '../../src/diagnostics/diagnostic.ts';
import { type RenderOptions, renderDiagnostic } from '../../src/diagnostics/render.ts';

/** A label on the first occurrence of a piece of text. */
export const at = (text: string, piece: string, label: string, file = 'examples/lenet.nrm'): Label => {
  const start = text.indexOf(piece);
  if (start < 0) throw new Error(`no ${piece}`);
  return { span: { file, start, end: start + piece.length }, text: label };
};

export const error = (labels: readonly Label[], more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'NRM2103',
  severity: 'error',
  message: 'a message',
  labels,
  help: null,
  fix: [],
  ...more,
});

export const show = (diagnostic: Diagnostic, text: string, options: Partial<RenderOptions> = {}): string =>
  `\n${renderDiagnostic(diagnostic, () => text, { color: false, ...options })}\n`;
