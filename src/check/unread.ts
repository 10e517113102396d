/** Parameters that nothing reads: settings that do nothing. */
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import type { BlockDeclaration, NetworkDeclaration, PolicyDeclaration, SourceFile } from '../parser/tree.ts';

/** Said last, and not of a declaration that has an error: a misspelt `widt` is one mistake, not two. */
export function checkUnread(file: SourceFile, found: readonly Diagnostic[], report: Report): void {
  const errors = found.flatMap((d) => (d.severity === 'error' ? d.labels.slice(0, 1) : []));
  for (const d of file.declarations) {
    if ((d.kind !== 'network' && d.kind !== 'block' && d.kind !== 'policy') || d.parameters.length === 0) continue;
    if (!errors.some(({ span }) => span.file === d.span.file && span.start >= d.span.start && span.start < d.span.end))
      unread(d, report);
  }
}

function unread(d: NetworkDeclaration | BlockDeclaration | PolicyDeclaration, report: Report): void {
  const names = namesIn(d);
  if (names === null) return;
  for (const { name } of d.parameters) {
    if (names.has(name.text)) continue;
    const use = d.kind !== 'policy' ? `dense(${name.text})` : `conv { decay: ${name.text} }`;
    report(
      policies.doesNothing.at(name.span, {
        what: `parameter \`${name.text}\` of ${d.kind} \`${d.name.text}\``,
        why: 'nothing reads it',
        instead: `use it, as in \`${use}\`, or remove it`,
      }),
    );
  }
}

/** The names in all expressions of a tree; null when it has holes after syntax errors. */
function namesIn(tree: NetworkDeclaration | BlockDeclaration | PolicyDeclaration): ReadonlySet<string> | null {
  const names = new Set(['']);
  let whole = true;
  visit(tree);
  return whole ? names : null;

  function visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    if ('kind' in node && node.kind === 'missing') whole = false;
    if ('kind' in node && node.kind === 'name' && 'name' in node && typeof node.name === 'string') names.add(node.name);
    for (const part of Object.values(node)) visit(part);
  }
}
