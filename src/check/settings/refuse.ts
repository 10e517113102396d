/** How a policy says that a value is not accepted. */
import { policies } from '../../diagnostics/catalog/policies.ts';
import type { Report } from '../../diagnostics/diagnostic.ts';
import { listed, quoted } from '../../diagnostics/wording.ts';
import { penalties, priors } from '../../ir/ops/index.ts';
import type { Value } from '../../ir/value.ts';
import type { Refuse } from '../entries.ts';
import { printValue } from '../printing.ts';
import { describe, type Environment, emptyEnvironment } from '../values.ts';

/** `environment` are the parameters of the policy. */
export const refuseWith =
  (key: string, report: Report, environment: Environment = emptyEnvironment): Refuse =>
  (value, accepts, near) => {
    const hint = valueHint(key, value, environment);
    report(policies.badValue.at(value.span, { key, accepts, found: describe(value), nearest: near, hint }));
  };

/** What a value that is of the wrong kind was probably meant to be. */
function valueHint(key: string, value: Value, environment: Environment): string | null {
  if (value.kind === 'number' && key === 'penalty') return `say which: \`l2(${printValue(value)})\``;
  if (value.kind === 'number' && key === 'constraint') return `say which: \`max_norm(${printValue(value)})\``;
  if (value.kind === 'number' && key === 'prior') return `say which: \`gaussian(sigma: ${printValue(value)})\``;
  if (key === 'penalty' && value.kind === 'call' && Object.hasOwn(priors, value.name))
    return `\`${value.name}\` is a prior: \`prior: ${printValue(value)}\``;
  if (key === 'prior' && value.kind === 'call' && Object.hasOwn(penalties, value.name))
    return `\`${value.name}\` is a penalty: \`penalty: ${printValue(value)}\``;
  if (value.kind === 'number' && key === 'clip') return `say how: \`clip: global_norm(${printValue(value)})\``;
  if (value.kind === 'number' && key === 'noise') return `write \`noise: gaussian(${printValue(value)})\``;
  if (value.kind === 'number' && key === 'init') return `write \`init: constant(${printValue(value)})\``;
  if (value.kind === 'string' && key !== 'start') return `write it without quotes: \`${key}: ${value.value}\``;
  const known = [...environment.keys()];
  if (value.kind !== 'word' || known.length === 0) return null;
  return `${known.length === 1 ? 'the parameter' : 'parameters'} here ${known.length === 1 ? 'is' : 'are'} ${listed(quoted(known), 'and')}`;
}

export const isNone = (value: Value): boolean => value.kind === 'word' && value.word === 'none';
