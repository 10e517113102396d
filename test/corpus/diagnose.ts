/** Everything that `nrmc check` says of a text that stands in a file of the corpus. */
import { check } from '../../src/check/index.ts';
import { unsupported } from '../../src/diagnostics/catalog/unsupported.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { withoutConsequences } from '../../src/parser/consequences.ts';
import { parse } from '../../src/parser/index.ts';

/** What this version does not compile yet is no mistake of a program. */
const notYet: readonly string[] = Object.values(unsupported).map((d) => d.code);

export function diagnose(text: string, file: string): readonly Diagnostic[] {
  const { tree, diagnostics } = parse(text, file);
  const found = check(tree).diagnostics.filter((d) => !notYet.includes(d.code));
  return [...diagnostics, ...withoutConsequences(tree, text, diagnostics, found)];
}
