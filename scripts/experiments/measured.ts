/** The measured part of a page: the picture's numbers, and what they say. */
import { timeText } from '../../src/report/sweep/figures.ts';
import type { Measure, SweepResults } from '../../src/report/sweep/results.ts';
import { resultTable } from '../../src/report/sweep/table.ts';
import { batchNormAnswer, groundRules, orderings, summaries } from '../../src/report/sweep/words.ts';
import { bullets, markdownTable } from './markdown.ts';
import type { Found } from './results.ts';
import { type Shown, viewOf } from './shown.ts';

export function measuredPart({ results, seeds }: Found, { told, measures }: Shown): string {
  const { runs, seconds, jobs, backend, version } = results;
  const { columns, rows } = resultTable(results);
  // The time of a run says more about what else the machine did than about the case.
  const isShown = (i: number): boolean => columns[i]?.name !== 'time';
  const shown = columns.filter((_, i) => isShown(i));
  const done = runs.filter((run) => run.status === 'finished').length;
  const count = done === runs.length ? `${done} runs` : `${done} of ${runs.length} runs finished,`;
  const together = jobs === 1 ? 'one at a time' : `${jobs} at a time`;
  return [
    `${count} in ${timeText(seconds)}, ${together}, on ${backend}; seeds ${seeds.join(', ')}; nrmc ${version}.`,
    markdownTable(
      shown.map(({ name }) => name),
      rows.map((row) => row.filter((_, i) => isShown(i)).map((text) => (text.includes('(') ? `\`${text}\`` : text))),
    ),
    ...told,
    ...measures.flatMap((measure) => sentences(results, measure)),
    ...(measures.length === 0 ? [] : [groundRules(results)]),
  ].join('\n\n');
}

/** By the first of the ways in which the axes can be seen. */
function sentences(results: SweepResults, measure: Measure): readonly string[] {
  const view = viewOf(results);
  return view.panels.flatMap((panel) => {
    const answer = batchNormAnswer(results, view, panel, measure);
    const said = [...summaries(results, view, panel, measure), ...orderings(results, view, panel, measure)];
    const title = panel.title === '' ? `Test ${measure.name}:` : `Test ${measure.name}, ${panel.title}:`;
    return [...(answer === null ? [] : [`**${answer}**`]), title, bullets(said)];
  });
}
