/** `did you mean …?`: the candidate a misspelled name is closest to. */
import { distance } from 'fastest-levenshtein';

/**
 * The nearest candidate within a third of the name's length (at least one edit), or null. A name that differs only in case
 * wins at once; among equals the first candidate wins, so callers list the likelier first.
 */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const lower = candidate.toLowerCase();
    if (lower === wanted) return candidate;
    // Two names of one or two letters are always one edit apart, which says nothing.
    if (Math.max(wanted.length, lower.length) < 3) continue;
    const edits = isSwap(wanted, lower) ? 1 : distance(wanted, lower);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** `rleu` and `relu`: two neighbouring letters changed places, which is one slip of the fingers. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a.slice(0, at) + (a[at + 1] ?? '') + (a[at] ?? '') + a.slice(at + 2) === b;
}
