/** A softmax at the end of a network can be taken out without a question: the loss applies it. */
import { names } from '../../diagnostics/catalog/names.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import type { NetworkDeclaration } from '../../parser/tree.ts';

/** Adds the fix to what is said of it. */
export function fixingLastSoftmax({ body }: NetworkDeclaration, report: Report): Report {
  const last = body.at(-1);
  const steps = body.filter((item) => item.kind === 'step').length;
  if (last?.kind !== 'step' || last.core.kind !== 'call' || last.core.name.text !== 'softmax') return report;
  if (last.label !== null || last.output || last.as !== null || steps < 2) return report;
  const { span } = last;
  return (d) => {
    const at = d.labels[0]?.span;
    const isIt = d.code === names.softmax.code && at?.start === span.start && at.file === span.file;
    report(isIt ? { ...d, fix: [{ span, text: '' }] } : d);
  };
}
