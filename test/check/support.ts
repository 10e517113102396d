/** Parses and checks small specs. */

import type { CheckedTrain } from '../../src/check/index.ts';
import { check, checkNetwork, checkTrain } from '../../src/check/index.ts';
import type { Model, Weight } from '../../src/check/model.ts';
import { printValue } from '../../src/check/printing.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { parse } from '../../src/parser/index.ts';

/** Everything that is said of a spec. */
export function diagnose(text: string): readonly Diagnostic[] {
  const { tree, diagnostics } = parse(text, 'spec.nrm');
  return [...diagnostics, ...check(tree).diagnostics];
}

export const codes = (text: string): readonly string[] => diagnose(text).map((d) => d.code);

/** `code: message`, and what each label points at. */
export const spoken = (text: string): readonly string[] =>
  diagnose(text).map((d) =>
    [`${d.code} ${d.message}`, ...d.labels.map((l) => text.slice(l.span.start, l.span.end))].join(' | '),
  );

export function model(text: string, name: string, policy?: string): Model {
  const { tree, diagnostics } = parse(text, 'spec.nrm');
  const checked = checkNetwork(tree, name, policy === undefined ? {} : { policy });
  if (checked.model === null)
    throw new Error([...diagnostics, ...checked.diagnostics].map((d) => `${d.code} ${d.message}`).join('\n'));
  return checked.model;
}

export function trainOf(text: string, name: string): CheckedTrain {
  const { tree, diagnostics } = parse(text, 'spec.nrm');
  const checked = checkTrain(tree, name);
  if (checked.train === null)
    throw new Error([...diagnostics, ...checked.diagnostics].map((d) => `${d.code} ${d.message}`).join('\n'));
  return checked.train;
}

/** A network without a policy of its own, and a policy. */
export const spec = (body: string, policy: string): string => `
network Net with P {
  input image: float32[12, 12, 3]
  ${body}
}
policy P { ${policy} }
`;

export function weight(of: Model, name: string): Weight {
  const found = of.layers.flatMap((l) => l.weights).find((w) => w.name === name);
  if (found === undefined) throw new Error(`no weight ${name}`);
  return found;
}

/** The value in force and the rule that set it, then the losers: `0.1 by P: conv[first] over 0.2 by P: conv`. */
export function provenance(of: Model, layer: string, key: string, weightName: string | null): string {
  const setting = of.layers
    .find((l) => l.path === layer)
    ?.settings.find((s) => s.key === key && s.weight === weightName);
  if (setting === undefined) return 'nothing';
  const part = (s: {
    readonly value: Parameters<typeof printValue>[0];
    readonly from: { readonly text: string };
  }): string => `${printValue(s.value)} by ${s.from.text}`;
  return [setting, ...setting.lost].map(part).join(' over ');
}
