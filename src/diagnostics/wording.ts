/** Small pieces of sentences that definitions share. */

export const quoted = (words: readonly string[]): readonly string[] => words.map((w) => `\`${w}\``);

/** `a`, `a or b`, `a, b or c`. */
export const listed = (items: readonly string[], word: 'or' | 'and' = 'or'): string =>
  items.length < 2 ? (items[0] ?? 'nothing') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;

export const didYouMean = (nearest: string | null): string | null =>
  nearest === null ? null : `did you mean \`${nearest}\`?`;
