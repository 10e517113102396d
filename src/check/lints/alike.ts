/** Findings at the same places in the text: a block or a loop makes many layers of one, which are told of once. */
import type { Span } from '../../diagnostics/diagnostic.ts';

export class Alike<T> {
  readonly #found = new Map<string, { readonly first: T; more: number }>();

  add(places: readonly (Span | null)[], finding: T): void {
    const key = places.map((s) => (s === null ? '' : `${s.file}:${s.start}-${s.end}`)).join(' ');
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, { first: finding, more: 0 });
    else known.more++;
  }

  all(): readonly { readonly first: T; readonly more: number }[] {
    return [...this.#found.values()];
  }
}
