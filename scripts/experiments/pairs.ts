/**
 * Differences within repeats: how much worse one value of the first axis is than each other one, at each value of the second. Repeats
 * differ in what is held out and in the order of samples; what comes from that is the same for all cases of a repeat and falls away here.
 */
import { type Spread, spreadOf } from '../../src/report/sweep/statistics.ts';
import { markdownTable } from './markdown.ts';
import { type Found, runsWith } from './results.ts';

export function pairs(found: Found, of: string): readonly string[] {
  const [names = [], places = []] = found.results.axes.map((axis) => axis.values.map(({ text }) => text));
  const [, across] = found.results.axes;
  const others = names.filter((name) => name !== of);
  const rows = places.map((place) => [
    place,
    ...others.map((other) => pointsText(spreadOf(differences(found, [of, place], [other, place])))),
  ]);
  return [
    `Error with ${of} minus error with each other one, in points, compared within repeats (mean ± standard deviation of the differences; bold where the mean is larger):`,
    markdownTable([across?.label ?? '', ...others], rows),
  ];
}

/** Of each repeat that both have finished. */
function differences(found: Found, these: readonly string[], those: readonly string[]): readonly number[] {
  const others = new Map(runsWith(found, ...those).map((run) => [run.repeat, run.measures.accuracy]));
  return runsWith(found, ...these).flatMap(({ repeat, measures: { accuracy } }) => {
    const other = others.get(repeat);
    return accuracy === undefined || other === undefined ? [] : [100 * (other - accuracy)];
  });
}

function pointsText(spread: Spread | null): string {
  if (spread === null) return '–';
  const { mean, deviation } = spread;
  const points = `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(2)}`;
  if (deviation === null) return points;
  const text = `${points} ± ${deviation.toFixed(2)}`;
  return Math.abs(mean) > deviation ? `**${text}**` : text;
}
