/** Lines that two texts do not share, by the longest common subsequence: `- ` of the first, `+ ` of the second. */
export function differenceOf(before: string, after: string): readonly string[] {
  const a = before.trimEnd().split('\n');
  const b = after.trimEnd().split('\n');
  // length[i][j]: of the longest common subsequence of a from i and b from j.
  const length = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number): number => length[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = length[i];
    if (row === undefined) continue;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      found.push(`- ${a[i++]?.trim()}`);
    } else {
      found.push(`+ ${b[j++]?.trim()}`);
    }
  }
  return found;
}
