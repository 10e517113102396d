/** The first, the last, and what lies evenly between: `most` of all at most. */
export function evenly<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const places = Array.from({ length: most }, (_, i) => Math.round((i * (all.length - 1)) / (most - 1)));
  return places.flatMap((i) => all.slice(i, i + 1));
}
