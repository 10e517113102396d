/**
 * NRM6010, NRM6011: imports and declarations that nothing uses. What a file is for are its networks, trains, sweeps and searches; what
 * these name, directly or not, is used. A file that trains nothing is there for others, who may import any of its declarations.
 * A policy is there for whoever names it with `--policy`.
 */
import { lints } from '../../diagnostics/catalog/lints.ts';
import type { Edit, Report } from '../../diagnostics/diagnostic.ts';
import type { Declaration, ImportDeclaration, Name } from '../../parser/tree.ts';
import type { FileLint } from './lint.ts';

type Named = Exclude<Declaration, ImportDeclaration>;

const roots: readonly Declaration['kind'][] = ['network', 'train', 'sweep', 'search'];

export const unused: FileLint = ({ tree: file, imported }, report) => {
  const named = file.declarations.filter((d): d is Named => d.kind !== 'import');
  const trains = named.some((d) => d.kind === 'train' || d.kind === 'sweep' || d.kind === 'search');
  const used = namesFrom(trains ? named.filter((d) => isRoot(d) || isChoosable(d)) : named, named);
  for (const d of file.declarations) {
    if (d.kind === 'import') unusedNames(d, (name) => used.has(name) || imported(d, name).some(isChoosable), report);
    else if (trains && !isRoot(d) && !isChoosable(d) && !used.has(d.name.text) && d.name.text !== '') {
      const what = d.kind === 'extern' ? `extern ${d.what}` : d.kind;
      report(lints.unusedDeclaration.at(d.name.span, { what, name: d.name.text }));
    }
  }
};

const isRoot = (d: Declaration): boolean => roots.includes(d.kind);
const isChoosable = (d: Declaration): boolean => d.kind === 'policy';

/** Every name that is written in these declarations, and in those that they name. */
function namesFrom(start: readonly Named[], all: readonly Named[]): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set(start);
  for (const d of seen) {
    for (const name of namesIn(d)) {
      names.add(name);
      for (const other of all) if (other.name.text === name) seen.add(other);
    }
  }
  return names;
}

/** All names in a declaration but its own. */
function namesIn({ name, ...rest }: Named): ReadonlySet<string> {
  const found = new Set<string>();
  visit(rest);
  return found;

  function visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    if ('text' in node && typeof node.text === 'string') found.add(node.text);
    // A dotted path (`policy.norm`) names its first part.
    if ('kind' in node && node.kind === 'name' && 'name' in node && typeof node.name === 'string')
      for (const part of node.name.split('.')) found.add(part);
    for (const part of Object.values(node)) visit(part);
  }
}

function unusedNames(d: ImportDeclaration, isUsed: (name: string) => boolean, report: Report): void {
  const idle = d.names.filter((n) => n.text !== '' && !isUsed(n.text));
  const [first] = idle;
  if (first === undefined) return;
  const all = idle.length === d.names.length;
  const fix = all ? [{ span: d.span, text: '' }] : idle.map((n) => without(n, d.names, idle));
  report(lints.unusedImport.at(all ? d.span : first.span, { names: idle.map((n) => n.text) }, { fix }));
}

/** Takes a name out of the list: with the comma before it, or the one behind it when no name before it stays. */
function without(name: Name, names: readonly Name[], idle: readonly Name[]): Edit {
  const at = names.indexOf(name);
  const before = names[at - 1];
  const next = names[at + 1];
  if (before !== undefined && names.slice(0, at).some((n) => !idle.includes(n)))
    return { span: { ...name.span, start: before.span.end }, text: '' };
  return { span: { ...name.span, end: next?.span.start ?? name.span.end }, text: '' };
}
