/** What the folder of a run has, for its report. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listsIn, matricesIn, numbersIn, readHistory } from '../../../report/run/history.ts';
import { measureText } from '../../../report/run/numbers.ts';
import type { RunResults, TestResult } from '../../../report/run/results.ts';
import { failure, runtimeErrors } from '../../errors.ts';
import { readRun, runFiles } from '../run-folder.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `why`: of a run that has failed just now. */
export function resultsOf(folder: string, picture: string | null, why: string | null): RunResults {
  const { info, spec } = readRun(folder);
  const { train, network, policy, status, backend, seed, version, epochs, data } = info;
  const text = (file: string): string => {
    const at = path.join(folder, file);
    return existsSync(at) ? readFileSync(at, 'utf8') : '';
  };
  const history = readHistory(text(runFiles.history));
  const summary = status === 'finished' ? summaryIn(text(runFiles.summary), folder) : {};
  const tables = matricesIn(summary.testTables);
  return {
    name: path.basename(path.resolve(folder)),
    train,
    network,
    policy,
    status,
    why,
    backend,
    seed,
    version,
    epochs,
    data: { folder: data.folder, files: Object.keys(data.files) },
    // A run of an older version kept the matrix where its spec asked for it.
    history: Object.keys(history.confusion).length === 0 ? { ...history, confusion: tables } : history,
    test: testIn(summary),
    notes: notesIn(summary),
    facts: factsIn(summary),
    spec,
    picture,
  };
}

function summaryIn(text: string, folder: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw failure(runtimeErrors.notARun, { folder, why: `${runFiles.summary} is not JSON` });
  }
}

function testIn(summary: Readonly<Record<string, unknown>>): TestResult | null {
  const { testLoss: loss, testSamples: samples, testAccuracy: accuracy, testMetrics } = summary;
  if (typeof loss !== 'number' || typeof samples !== 'number') return null;
  return {
    loss,
    samples,
    metrics: { ...numbersIn({ accuracy }), ...numbersIn(testMetrics) },
    byClass: listsIn(summary.testTables),
  };
}

type Fact = readonly [name: string, text: string];

/** How training went. */
const notesIn = ({ best, stopped }: Readonly<Record<string, unknown>>): readonly string[] => [
  ...bestNote(numbersIn(best)),
  ...(isObject(stopped) ? stoppedNote(stopped) : []),
];

/** What the summary says beside that. */
function factsIn(summary: Readonly<Record<string, unknown>>): readonly Fact[] {
  const { statistics, programs } = summary;
  const { foldedMaxDifference, predictMs, foldedPredictMs } = numbersIn(summary);
  const { step, evaluate, freeze, predict } = numbersIn(programs);
  return [
    ...statisticsFact(statistics),
    ...fact('train program', step, (n) => `${n} nodes a step: forward, backward, update`),
    ...fact(
      'infer program',
      predict,
      (n) => `${n} nodes, and ${freeze} once to fold the weights; ${evaluate} unfolded`,
    ),
    ...fact(
      'folding',
      foldedMaxDifference,
      (n) => `outputs differ by ${n.toExponential(1)} at most from the unfolded network`,
    ),
    ...fact(
      'speed',
      predictMs,
      (n) => `${n.toFixed(2)} ms unfolded, ${(foldedPredictMs ?? n).toFixed(2)} ms folded, for 256 samples`,
    ),
  ];
}

const fact = (name: string, value: number | undefined, text: (value: number) => string): readonly Fact[] =>
  value === undefined ? [] : [[name, text(value)]];

const bestNote = ({ epoch, loss }: Readonly<Record<string, number>>): readonly string[] =>
  epoch === undefined || loss === undefined
    ? []
    : [`The validation loss was lowest after epoch ${epoch}: ${measureText('loss', loss)}.`];

function stoppedNote({ why, monitor, ...rest }: Readonly<Record<string, unknown>>): readonly string[] {
  const { epoch, weights } = numbersIn(rest);
  if (epoch === undefined || weights === undefined || typeof monitor !== 'string') return [];
  const early =
    why === 'patience'
      ? `Training stopped early after epoch ${epoch}; it watched the validation ${monitor.replaceAll('_', ' ')}. `
      : '';
  return [`${early}The weights are those of epoch ${weights}.`];
}

/** Statistics measured over the training data, and how far the moving ones were from them. */
function statisticsFact(statistics: unknown): readonly Fact[] {
  if (!isObject(statistics)) return [];
  const { batches } = numbersIn(statistics);
  const [most] = Object.entries(numbersIn(statistics.differences)).toSorted(([, a], [, b]) => b - a);
  const how = `measured over ${batches} batches`;
  return [
    [
      'statistics',
      most === undefined ? how : `${how}; ${most[0]} differs most from the moving ones, by ${most[1].toPrecision(2)}`,
    ],
  ];
}
