import { diffTrimmedLines } from 'diff';

/** Lines that two texts do not share: `- ` of the first, `+ ` of the second; indentation does not count. */
export const differenceOf = (before: string, after: string): readonly string[] =>
  diffTrimmedLines(before, after).flatMap(({ added, removed, value }) => {
    if (!added && !removed) return [];
    const lines = value.split('\n').map((line) => line.trim());
    return lines.filter((line) => line !== '').map((line) => `${added ? '+' : '-'} ${line}`);
  });
