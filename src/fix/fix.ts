/**
 * `check --fix`: applies what is certain, looks again, and goes on until nothing is left to apply. Of fixes that overlap the first
 * wins; the other is judged anew when the text has changed. What makes a text no better is not applied: among several mistakes at
 * one place, what is certain of one of them may not be what was meant.
 */
import { lints } from '../diagnostics/catalog/lints.ts';
import { syntax } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { applyEdits, overlap } from './edits.ts';

export type Texts = ReadonlyMap<string, string>;
/** What is found in texts by path. */
export type Diagnose = (texts: Texts) => readonly Diagnostic[];

export interface Fixed {
  readonly texts: Texts;
  /** What was fixed, with the text of its file as its place refers to. */
  readonly fixed: readonly { readonly diagnostic: Diagnostic; readonly text: string }[];
  readonly remaining: readonly Diagnostic[];
}

/** Fixes may uncover what can be fixed too; a chain longer than this is no chain but a circle. */
const mostRounds = 10;

/** Edits `texts` and nothing else: a fix that reaches into another file is left alone. */
export function fixAll(texts: Texts, diagnose: Diagnose): Fixed {
  let now: State = { texts, found: diagnose(texts) };
  const fixed: Fixed['fixed'][number][] = [];
  const seen = new Set([keyOf(texts)]);
  for (let round = 0; round < mostRounds; round++) {
    const step = improve(now, diagnose);
    // Two fixes that undo each other would go on for ever.
    if (step === null || seen.has(keyOf(step.after.texts))) break;
    seen.add(keyOf(step.after.texts));
    for (const diagnostic of step.chosen)
      fixed.push({ diagnostic, text: now.texts.get(diagnostic.fix[0]?.span.file ?? '') ?? '' });
    now = step.after;
  }
  return { texts: now.texts, fixed, remaining: now.found };
}

interface State {
  readonly texts: Texts;
  readonly found: readonly Diagnostic[];
}

interface Step {
  readonly chosen: readonly Diagnostic[];
  readonly after: State;
}

/** All fixes that go together; else those of them that are an improvement each by itself; else the first of these. */
function improve(now: State, diagnose: Diagnose): Step | null {
  const fixable = now.found.filter((d) => d.fix.length > 0 && d.fix.every((e) => now.texts.has(e.span.file)));
  // What else is said of a text with syntax errors may be their consequence.
  const mistakes = fixable.filter(isSyntax);
  // What is meant to be allowed is not to be repaired.
  const allowing = fixable.filter((d) => d.code === lints.almostAllowed.code);
  const attempt = (wanted: readonly Diagnostic[]): Step | null => {
    const chosen = together(wanted);
    if (chosen.length === 0) return null;
    const edits = chosen.flatMap((d) => d.fix);
    const texts = new Map(
      [...now.texts].map(([file, text]) => [
        file,
        applyEdits(
          text,
          edits.filter((e) => e.span.file === file),
        ),
      ]),
    );
    const after: State = { texts, found: diagnose(texts) };
    return isBetter(now.found, after.found, chosen) ? { chosen, after } : null;
  };
  const all = [mistakes, allowing].find((first) => first.length > 0) ?? fixable;
  const whole = attempt(all);
  if (whole !== null || all.length === 1) return whole;
  const alone = all.flatMap((d) => attempt([d]) ?? []);
  return attempt(alone.flatMap((step) => step.chosen)) ?? alone[0] ?? null;
}

/** The first of those that overlap. */
function together(wanted: readonly Diagnostic[]): readonly Diagnostic[] {
  const chosen: Diagnostic[] = [];
  for (const d of wanted)
    if (!d.fix.some((e) => chosen.some((c) => c.fix.some((other) => overlap(e, other))))) chosen.push(d);
  return chosen;
}

const syntaxCodes: readonly string[] = Object.values(syntax).map((d) => d.code);
const isSyntax = (d: Diagnostic): boolean => syntaxCodes.includes(d.code);

/** What was fixed must be gone. More may have come to light behind it, but no syntax error, and behind a lint no error. */
function isBetter(before: readonly Diagnostic[], after: readonly Diagnostic[], chosen: readonly Diagnostic[]): boolean {
  // Where too much is wrong to be told, one that is gone makes place for another.
  if (before.some((d) => d.code === syntax.tooMany.code)) return true;
  const fell = (counts: (d: Diagnostic) => boolean): boolean =>
    after.filter(counts).length <= before.filter(counts).length - chosen.filter(counts).length;
  const errorsFell = chosen.some((d) => d.severity === 'error') || fell((d) => d.severity === 'error');
  return (
    fell(isSyntax) && errorsFell && (chosen.some(isSyntax) || chosen.every(({ code }) => fell((d) => d.code === code)))
  );
}

const keyOf = (texts: Texts): string => JSON.stringify([...texts]);
