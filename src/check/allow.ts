/** Findings that the text allows (`// allow NRM6002: reason`): they are left out, and what allows nothing is said. */
import { definitions } from '../diagnostics/catalog/index.ts';
import { lints } from '../diagnostics/catalog/lints.ts';
import { passes } from '../diagnostics/catalog/passes.ts';
import { settable } from '../diagnostics/catalog/settable.ts';
import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Allowance } from '../parser/tree.ts';
import type { Program } from './program.ts';

/** What can be allowed, by code. */
const allowable = new Map(settable.map((d) => [d.code, d]));
const errors = new Set(definitions.filter((d) => d.severity === 'error').map((d) => d.code));

/** Of compiling: checking does not come to them. */
const ofPasses: readonly string[] = Object.values(passes).map((d) => d.code);

export interface Judged {
  readonly diagnostics: readonly Diagnostic[];
  /** What was needed of each allowance. */
  readonly used: ReadonlyMap<Allowance, ReadonlySet<string>>;
}

/**
 * Leaves out what an allowance is about: one of the file in which it is found, or one at an import through which that file comes.
 * Errors stay, and so does what is allowed without a reason.
 */
export function withAllowances(diagnostics: readonly Diagnostic[], program: Program): Judged {
  const used = new Map<Allowance, Set<string>>();
  const atImports = new Map<string, readonly Allowance[]>();
  const kept = diagnostics.filter((d) => {
    const place = d.labels[0]?.span;
    if (d.severity === 'error' || place === undefined) return true;
    const ofImports = atImports.get(place.file) ?? allowancesAtImports(place.file, program);
    atImports.set(place.file, ofImports);
    const inFile = (program.files.get(place.file)?.tree.allowances ?? []).filter((a) => isCovered(place.start, a));
    const by = [...inFile, ...ofImports].filter(
      ({ codes, reason }) => reason !== null && reason !== '' && codes.some((c) => c.text === d.code),
    );
    for (const allowance of by) used.set(allowance, (used.get(allowance) ?? new Set()).add(d.code));
    return by.length === 0;
  });
  return { diagnostics: kept, used };
}

const isCovered = (at: number, { covers }: Allowance): boolean => covers.start <= at && at < covers.end;

/** Allowances at imports that bring a file, directly or through the files between. */
function allowancesAtImports(file: string, program: Program): readonly Allowance[] {
  return [...program.files.values()].flatMap(({ tree, imports }) =>
    tree.allowances.length === 0
      ? []
      : [...imports].flatMap(([declaration, path]) =>
          path !== null && brings(path, file, program)
            ? tree.allowances.filter((a) => isCovered(declaration.span.start, a))
            : [],
        ),
  );
}

function brings(from: string, file: string, program: Program): boolean {
  const reached = new Set([from]);
  for (const path of reached)
    for (const next of program.files.get(path)?.imports.values() ?? []) if (next !== null) reached.add(next);
  return reached.has(file);
}

/** What is wrong with allowances themselves, in every file. */
export function checkAllowances(program: Program, report: Report): void {
  for (const { tree } of program.files.values())
    for (const { codes, reason, span } of tree.allowances) {
      for (const { text: code, span: at } of codes)
        if (!allowable.has(code))
          report(
            lints.notAllowable.at(at, { code, error: errors.has(code), nearest: nearest(code, allowable.keys()) }),
          );
      const last = codes.at(-1)?.span ?? span;
      // `// allow NRM6002 as it is on purpose` has one, and lacks the colon.
      const fix = reason === null && last.end < span.end ? [{ span: { ...last, start: last.end }, text: ':' }] : [];
      if (reason === null || reason === '')
        report(lints.allowWithoutReason.at(span, { codes: codes.map((c) => c.text) }, { fix }));
    }
}

/** Codes that the root's allowances name and nothing needed: of use where all of a file has been checked without an error. */
export function idleAllowances(program: Program, used: Judged['used'], report: Report): void {
  for (const allowance of program.root.allowances)
    for (const { text: code, span } of allowance.codes) {
      const definition = allowable.get(code);
      if (definition === undefined || ofPasses.includes(code) || used.get(allowance)?.has(code) === true) continue;
      const alone = allowance.codes.length === 1;
      const fix = alone ? [{ span: allowance.span, text: '' }] : [];
      report(lints.idleAllow.at(alone ? allowance.span : span, { code, title: definition.title }, { fix }));
    }
}
