/**
 * Pages about single runs.
 *   runPage(results)      one file of HTML
 *   readHistory(text)     the lines of history.jsonl, as the page reads them
 *   findingsOf(point)     what stands out inside a network, in words: for terminals too
 *   insideText(points)    what its layers looked like at the start and at the end, for a terminal
 */
export { type Finding, findingsOf } from './findings.ts';
export { matricesIn, numbersIn, readHistory } from './history.ts';
export { runPage } from './page.ts';
export type {
  EpochPoint,
  History,
  InspectionPoint,
  LayerPoint,
  Matrix,
  RunResults,
  TestResult,
} from './results.ts';
export { insideText } from './text.ts';
