/** Numbers as a person writes them in formulas and settings. */

/** The shorter of `0.0005` and `5e-4`, without the digits that binary fractions add: 2 · 0.15 is 0.3. */
export function numeral(value: number): string {
  const plain = String(Number(value.toPrecision(12)));
  const exponential = Number(value.toPrecision(12)).toExponential().replace('e+', 'e');
  return exponential.length < plain.length ? exponential : plain;
}
