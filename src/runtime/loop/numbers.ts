import type { Scalar } from '../model.ts';

/** What a step reports, read back. */
export const numberOf = async (value: Scalar): Promise<number> => (await value.data())[0] ?? Number.NaN;

/** Of a record of numbers by name, each. */
export const mapped = (
  values: Readonly<Record<string, number>>,
  f: (value: number, key: string) => number,
): Readonly<Record<string, number>> => Object.fromEntries(Object.entries(values).map(([key, v]) => [key, f(v, key)]));
