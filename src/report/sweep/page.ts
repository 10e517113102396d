/** The page of a sweep: what it says, charts, curves, the table, and what was run. */
import { element, series as inWords, tag, text } from '../html.ts';
import { list, page, paragraph, type Section, source } from '../page.ts';
import { table } from '../table.ts';
import { curveCharts, measureCharts } from './charts.ts';
import { timeText } from './figures.ts';
import { type Measure, measuresOf, type SweepResults } from './results.ts';
import { resultTable } from './table.ts';
import { type View, viewsOf } from './views.ts';
import { batchNormAnswer, groundRules, orderings, summaries } from './words.ts';

export function sweepPage(results: SweepResults): string {
  const { name, train, runs, seconds, jobs, backend, version, began } = results;
  const done = runs.filter((run) => run.status === 'finished').length;
  const count = done === runs.length ? `${done} runs` : `${done} of ${runs.length} runs finished`;
  const together = jobs === 1 ? 'one at a time' : `${jobs} at a time`;
  const views = viewsOf(results);
  return page({
    title: `Sweep ${name}`,
    subtitle: `${began} · train ${train} · ${count} in ${timeText(seconds)}, ${together}, on ${backend} · nrmc ${version}`,
    sections: [
      ...views.map((view, i) => comparison(results, view, i === 0)),
      { title: 'Losses of every run', content: [curveCharts(results, views[0]?.by ?? null)] },
      { title: 'Table', content: tableOf(results) },
      ...failures(results),
      { title: 'What was run', content: spec(results) },
    ],
  });
}

/** `first`: how the sentences count is said once. */
function comparison(results: SweepResults, view: View, first: boolean): Section {
  const label = (axis: number | null): string => (axis === null ? '' : (results.axes[axis]?.label ?? ''));
  const measures = measuresOf(results);
  const [main] = measures;
  const title = [
    `Test ${inWords(measures.map((m) => m.name))}`,
    ...(view.across === null ? [] : [`against ${label(view.across)}`]),
    ...(view.by === null ? [] : [`by ${label(view.by)}`]),
  ].join(' ');
  const said = main === undefined ? [] : view.panels.flatMap((panel) => words(results, view, panel, main));
  return {
    title,
    content: [
      measureCharts(results, view, measures),
      ...said,
      ...(first ? [element('p', groundRules(results), { class: 'muted' })] : []),
    ],
  };
}

function words(results: SweepResults, view: View, panel: View['panels'][number], measure: Measure): readonly string[] {
  const answer = batchNormAnswer(results, view, panel, measure);
  const short = summaries(results, view, panel, measure);
  return [
    ...(panel.title === '' ? [] : [element('h3', panel.title)]),
    ...(answer === null ? [] : [tag('p', {}, tag('strong', {}, text(answer)))]),
    ...(short.length === 0 ? [] : [list(short)]),
    list(orderings(results, view, panel, measure)),
  ];
}

function tableOf(results: SweepResults): readonly string[] {
  const { columns, rows } = resultTable(results);
  const spread = results.repeats === 1 ? '' : `, mean ± standard deviation of ${results.repeats} repeats`;
  return [paragraph(`On the test part${spread}; the time is that of one run.`), table(columns, rows)];
}

function failures({ runs }: SweepResults): readonly Section[] {
  const broken = runs.filter((run) => run.status !== 'finished');
  if (broken.length === 0) return [];
  const rows = broken.map((run) => [run.name, run.status, run.why ?? '']);
  return [
    {
      title: 'Runs without a result',
      content: [table([{ name: 'run' }, { name: 'outcome' }, { name: 'why', sentences: true }], rows)],
    },
  ];
}

const spec = ({ declared, resolved }: SweepResults): readonly string[] => [
  source(declared),
  paragraph('The train, with every default written out; the axes are set on top of it.'),
  source(resolved),
];
