/** What is dropped, as specs say it: `drop: 0.3` or `keep: 0.7`, exactly one of the two, as the checker sees to. */
import { custom, number } from '../../signature.ts';

// 1 − 0.7 is 0.30000000000000004; what was meant is 0.3.
export const rateOf = (drop: number | null, keep: number | null): number =>
  drop ?? Number((1 - (keep ?? 1)).toPrecision(12));

const dropped = number({ above: 0, below: 1, doc: '' });
const kept = number({ above: 0, below: 1, doc: '' });

export const fraction = {
  drop: custom<number | null>(dropped.accepts, dropped.read, { default: null, doc: 'fraction dropped' }),
  keep: custom<number | null>(kept.accepts, kept.read, { default: null, doc: 'fraction kept' }),
};
