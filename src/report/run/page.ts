/** The page of a run: how it ended, what it is worth, how it got there, what it looked like inside, and what was run. */
import { element, tag, text } from '../html.ts';
import { page, paragraph, type Section } from '../page.ts';
import { table } from '../table.ts';
import { byClass } from './by-class.ts';
import { confusion } from './confusion.ts';
import { curves } from './curves.ts';
import { inside } from './inside.ts';
import { count, counted, measureText, timeText, wordsOf } from './numbers.ts';
import type { RunResults } from './results.ts';
import { highlighted, specRules } from './spec.ts';

export function runPage(results: RunResults): string {
  const { name, train, network, policy, backend, seed, version, history } = results;
  const seconds = history.epochs.reduce((sum, e) => sum + e.seconds, 0);
  const under = policy === null ? '' : ` under policy ${policy}`;
  const time = seconds === 0 ? '' : ` · ${timeText(seconds)} of training`;
  return page({
    title: name === train ? `Run ${name}` : `Run ${name} of ${train}`,
    subtitle: `network ${network}${under} · ${counted(history.epochs.length, 'epoch')}${time} · on ${backend} · seed ${seed} · nrmc ${version}`,
    style: `${rules}\n${specRules}`,
    sections: [
      { title: 'Result', content: [...banner(results), ...worth(results)] },
      ...section('Training', [curves(history), ...remarks(results)]),
      ...section('Mistakes', mistakes(results)),
      ...section('Inside the network', inside(history.inspections)),
      ...section(
        'Network',
        results.picture === null ? [] : [tag('div', { class: 'picture', tabindex: '0' }, results.picture)],
      ),
      { title: 'Spec, with every default written out', content: [highlighted(results.spec)] },
      { title: 'The run', content: [environment(results, seconds)] },
    ],
  });
}

/** Nothing where there is nothing to show. */
const section = (title: string, content: readonly string[]): readonly Section[] =>
  content.every((part) => part === '') ? [] : [{ title, content }];

/** What keeps the page from being the whole story. */
function banner({ status, why, history, epochs }: RunResults): readonly string[] {
  const update = Math.max(0, ...[...history.updates, ...history.epochs].map((p) => p.update));
  const [last] = history.epochs.slice(-1);
  const after =
    update === 0 ? 'before its first epoch was over' : `after ${counted(last?.at ?? 0, 'epoch')} of ${epochs}`;
  const texts = {
    finished: null,
    interrupted: `This run was interrupted ${after}; here is what it has left. It goes on with \`nrmc train --resume\`.`,
    failed: `This run failed ${after}; here is what it has left.`,
    running: `This run is not over; here is what it has left ${after}.`,
  };
  const said = texts[status];
  if (said === null) return [];
  const reason = why === null ? [] : [element('p', why)];
  return [tag('div', { class: status === 'failed' ? 'banner bad' : 'banner' }, element('p', said), ...reason)];
}

/** The measures of the test part, large; before there are any, the last ones of the validation part. */
function worth({ test, history }: RunResults): readonly string[] {
  const [last] = history.epochs.slice(-1);
  const shown =
    test === null
      ? {
          ...(last === undefined ? {} : { 'training loss': last.loss }),
          ...prefixed('validation', last?.validation ?? {}),
        }
      : { ...prefixed('test', test.metrics), ...prefixed('test', { loss: test.loss }) };
  const tiles = Object.entries(shown).map(([name, value]) =>
    tag('div', {}, element('dd', measureText(name.replace(/^\w+ /, ''), value)), element('dt', wordsOf(name))),
  );
  if (tiles.length === 0) return [paragraph('Nothing was measured yet.')];
  const of =
    test === null
      ? 'The last epoch; the test part is looked at when training is over.'
      : `On ${counted(test.samples, 'sample')} that training has not seen.`;
  return [tag('dl', { class: 'tiles' }, ...tiles), element('p', of, { class: 'muted' })];
}

const prefixed = (of: string, values: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${of} ${name}`, value]));

/** How to read the curves, and how training went. */
const remarks = ({ notes, history }: RunResults): readonly string[] => [
  ...(history.epochs.length === 0
    ? []
    : [
        element(
          'p',
          'The training loss of an epoch is the mean over its batches, each before its update, with dropout and noise; the validation loss is that of the weights after the epoch, without.',
          { class: 'muted' },
        ),
      ]),
  ...notes.map(paragraph),
];

function mistakes({ history, test }: RunResults): readonly string[] {
  const all = Object.entries(history.confusion);
  if (test === null) return [];
  return [
    ...all.flatMap(([output, matrix]) => confusion(all.length === 1 ? null : output, matrix)),
    ...byClass(test.byClass),
  ];
}

function environment(results: RunResults, seconds: number): string {
  const { backend, seed, version, epochs, history, data, status, facts } = results;
  const updates = Math.max(0, ...[...history.updates, ...history.epochs].map((p) => p.update));
  const rows: readonly (readonly [string, string])[] = [
    ['status', status],
    ['backend', backend],
    ['seed', String(seed)],
    ['nrmc', version],
    ['epochs', `${history.epochs.length} of ${epochs}`],
    ['updates', count(updates)],
    ['time of training', timeText(seconds)],
    ['data', `${data.folder}: ${data.files.join(', ')}`],
    ...facts,
  ];
  return table(
    [{ name: 'what' }, { name: 'value' }],
    rows.map(([what, value]) => [what, { html: tag('span', { class: 'wrap' }, text(value)) }]),
  );
}

const rules = `
.banner{margin:.75rem 0;padding:.25rem 1rem;background:var(--card);border:1px solid var(--line);border-left:4px solid var(--series-1);border-radius:6px;color:var(--ink)}
.banner.bad{border-left-color:var(--bad);color:var(--ink)}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:.75rem 0}
.tiles div{display:flex;flex-direction:column;min-width:9rem;padding:.6rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:6px}
.tiles dd{margin:0;font-size:1.5rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.tiles dt{color:var(--muted);font-size:.9rem}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem 2rem;align-items:center}
.beside .figures{display:block}
.curves .figures{align-items:end}
.maps .figures{grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr))}
.maps figure{max-width:38rem}
.picture{overflow-x:auto}
.picture svg{display:block;max-width:100%;height:auto;margin:0 auto}
.wrap{white-space:normal;overflow-wrap:anywhere}
h3{margin:1rem 0 .25rem;font-size:1rem}
details{margin:.75rem 0}
summary{cursor:pointer;color:var(--link)}
@media print{details::details-content{content-visibility:visible}pre{white-space:pre-wrap}}
`.trim();
