/** Reports of sweeps: results in, texts out. */
export { figure, spreadText, timeText } from './figures.ts';
export { sweepPage } from './page.ts';
export { type CurvePoint, isShare, type ResultAxis, type RunResult, type SweepResults } from './results.ts';
export { type ResultTable, resultTable, runsCsv, tableCsv } from './table.ts';
