/** Every metric by its name in the language; what each takes is declared in `src/check/metrics/table.ts`. */
import { accuracy, topK } from './accuracy.ts';
import { calibrationError } from './calibration.ts';
import { confusionMatrix, f1, precision, recall } from './confusion.ts';
import type { Metric } from './metric.ts';
import { meanAbsoluteError, meanSquaredError, r2 } from './regression.ts';

export const metricTable: Readonly<Record<string, Metric>> = {
  accuracy,
  top_k: topK,
  precision,
  recall,
  f1,
  confusion_matrix: confusionMatrix,
  calibration_error: calibrationError,
  mean_absolute_error: meanAbsoluteError,
  mean_squared_error: meanSquaredError,
  r2,
};
