/** Names of cases: what they are called on the screen, and their folders. */
import type { SweepAxis, SweepPlan } from '../../check/index.ts';

/** `norm` for `policy.norm`, where no other axis ends so. */
export function labelsOf(axes: readonly Pick<SweepAxis, 'path'>[]): readonly string[] {
  const last = axes.map(({ path }) => path.split('.').at(-1) ?? path);
  return axes.map(({ path }, i) => {
    const short = last[i] ?? path;
    return last.indexOf(short) === last.lastIndexOf(short) ? short : path;
  });
}

/** Longer names are cut off by some file systems, with what is in the folder. */
const longest = 100;

/** `norm=group-2,batch=4,repeat=1` for each case; numbers where that would be too long, or not tell them apart. */
export function caseNames({ axes, cases, repeats }: Pick<SweepPlan, 'axes' | 'cases' | 'repeats'>): readonly string[] {
  const labels = labelsOf(axes);
  const names = cases.map(({ values, repeat }) =>
    [
      ...values.map(({ text }, i) => `${labels[i]}=${slug(text)}`),
      ...(repeats === 1 ? [] : [`repeat=${repeat + 1}`]),
    ].join(','),
  );
  // File systems may not tell case.
  const distinct = new Set(names.map((name) => name.toLowerCase()));
  const fine = distinct.size === names.length && names.every((name) => name.length <= longest);
  const width = String(cases.length).length;
  return fine ? names : names.map((_, i) => `case-${String(i + 1).padStart(width, '0')}`);
}

/** What every file system and shell takes as it is. */
const slug = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9.+_]+/g, '-')
    .replaceAll(/^-+(?=\D)|-+$/g, '')
    .replace(/^\.+/, '') || 'empty';
