/** Words with a fixed meaning. */

/** Reserved as names of steps, labels, blocks and ops; free as keys, parameters and fields. */
export const reserved = [
  'input',
  'output',
  'from',
  'again',
  'as',
  'repeat',
  'for',
  'if',
  'else',
  'sum',
  'mul',
  'concat',
  'choose',
  'identity',
] as const;

export const slots = ['norm', 'act', 'drop'] as const;
export type Slot = (typeof slots)[number];
export const isSlot = (word: string): word is Slot => (slots as readonly string[]).includes(word);

/** `[first]`, `[last]`, `[not …]` in selectors, and the sections of a policy. */
export const selectorWords = ['first', 'last', 'not'] as const;
export const sections = ['input', 'gradient', 'stop'] as const;
export type Section = (typeof sections)[number];

/** Names of weights in selectors (`conv.kernel`, `bias`): a label with such a name could not be told from them. */
export const weightNames = ['kernel', 'bias', 'gamma', 'beta', 'tau', 'slope', 'gain', 'epsilon'] as const;

/** Host values of a compiled training step; a batch carries its fields beside them. */
export const stepNames = ['random', 'update', 'updates', 'batches', 'perEpoch', 'plateau'] as const;

/** The shape that arrives at a step, as names in its arguments. */
export const shapeNames = ['channels', 'height', 'width'] as const;

export const includes = (words: readonly string[], word: string): boolean => words.includes(word);
