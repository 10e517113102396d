/** What is kept and said of looking into training. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findingsOf } from '../../../report/run/findings.ts';
import { readHistory } from '../../../report/run/history.ts';
import { insideText } from '../../../report/run/text.ts';
import type { InspectReport } from '../../loop.ts';
import { runFiles } from '../run-folder.ts';

/** A line of the history: six digits of a statistic are enough. */
export const inspectionLine = ({ phase, epoch, update, samples, layers, parameters }: InspectReport): object => ({
  kind: 'inspect',
  ...(phase === 'train' ? {} : { phase }),
  epoch,
  update,
  samples,
  layers: rounded(layers),
  parameters: rounded(parameters),
});

const rounded = (value: object): object =>
  JSON.parse(JSON.stringify(value), (_, v: unknown) => (typeof v === 'number' ? Number(v.toPrecision(6)) : v));

/** A table for the end of a run; empty where it was not looked into. */
export function insideLines(folder: string): readonly string[] {
  const file = path.join(folder, runFiles.history);
  return existsSync(file) ? insideText(readHistory(readFileSync(file, 'utf8')).inspections) : [];
}

/** Findings shown at a time; the rest is in the report. */
const most = 6;

/** What stands out, unless that was said of the same layers the last time. */
export class Remarks {
  #last = '';

  of(report: InspectReport): readonly string[] {
    const found = findingsOf(report);
    const now = found.map((f) => `${f.what} ${f.name}`).join(', ');
    if (now === this.#last) return [];
    const wasEmpty = this.#last === '';
    this.#last = now;
    if (found.length === 0) return wasEmpty ? [] : ['  inside: nothing stands out any more'];
    const shown = found.slice(0, most).map((f) => `  inside: ${f.text}`);
    return found.length > most ? [...shown, `  inside: and ${found.length - most} more`] : shown;
  }
}
