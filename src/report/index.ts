/**
 * Pages about runs: charts are functions from data to SVG text, a page puts them under titles. Pure; who has the data writes the file.
 *
 *   lineChart({ label, x, y, series })            points with spread, or curves, over numbers
 *   intervalChart({ label, x, rows })             points with spread over names
 *   matrixChart({ label, rows, columns, values }) numbers as colours
 *   page({ title, sections })                     one file of HTML, with legend(), figures(), table(), list(), source() in it
 */
export { type Axis, plain } from './axis.ts';
export { seriesColours } from './colours.ts';
export { element, series as inWords, tag, text } from './html.ts';
export { type Interval, type IntervalChart, intervalChart } from './intervals.ts';
export { type LineChart, lineChart, type Point, type Series } from './lines.ts';
export { type MatrixChart, matrixChart } from './matrix.ts';
export {
  type Figure,
  figures,
  type LegendEntry,
  legend,
  list,
  type Page,
  page,
  paragraph,
  type Section,
  source,
} from './page.ts';
export { chartClass, chartSize } from './plot.ts';
export { type Cell, type Column, table } from './table.ts';
