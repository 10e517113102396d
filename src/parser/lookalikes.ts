/** Letters of other alphabets that look like those of names: pasted from a text, they cannot be told apart by eye. */
const pairs: readonly (readonly [others: string, latin: string])[] = [
  ['аеорсхуіѕјһԁ', 'aeopcxyisjhd'],
  ['АВЕКМНОРСТХІЅЈ', 'ABEKMHOPCTXISJ'],
  ['οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'oABEZHIKMNOPTYX'],
];

const latinOf = new Map(
  pairs.flatMap(([others, latin]) => [...others].map((letter, at) => [letter, latin.charAt(at)] as const)),
);

/** The word in the letters that it seems to have; null when there are others in it. */
export function inLatin(word: string): string | null {
  const letters = [...word].map((letter) => latinOf.get(letter) ?? letter);
  const plain = letters.join('');
  return /^\w+$/.test(plain) ? plain : null;
}
