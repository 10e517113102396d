/** The optimizer of a train. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { quoted } from '../diagnostics/wording.ts';
import { optimizers } from '../ir/ops/index.ts';
import type { Bound } from '../ir/recipe.ts';
import type { Value } from '../ir/value.ts';
import type { OptimizerDef } from '../ir/vocabulary.ts';
import { bindEntry, callOf } from './entries.ts';
import { type Read, refuseWith } from './train-settings.ts';
import { describe, emptyEnvironment } from './values.ts';

export function readOptimizer(value: Value | undefined, report: Report): Read<OptimizerDef> | null {
  if (value === undefined) return null;
  if (callOf(value)?.name === 'sam') {
    const accepts = `an optimizer: ${quoted(Object.keys(optimizers)).join(', ')}`;
    const hint = '`sam` is for every optimizer, and the policy says it: `gradient { at: sam(0.05) }`';
    const facts = { key: 'optimizer', accepts, found: describe(value), nearest: null, hint } as const;
    report(training.badValue.at(value.span, facts));
    return null;
  }
  const vocabulary = { table: optimizers, kind: 'optimizer', noun: 'optimizer', article: 'an' } as const;
  const bound = bindEntry(value, vocabulary, emptyEnvironment, report, refuseWith('optimizer', report));
  if (bound === null) return null;
  const idle = idleSetting(bound);
  if (idle !== null) {
    report(policies.doesNothing.at(value.span, idle));
    return null;
  }
  return { bound, value };
}

/** A setting of an optimizer that changes nothing. */
function idleSetting({ def, args }: Bound<OptimizerDef>) {
  if (args.rate === 0) {
    return {
      what: `\`${def.name}\` with \`rate: 0\``,
      why: 'no step is ever made',
      instead: 'give it a rate, such as `1e-3`',
    };
  }
  if (args.nesterov === true && args.momentum === 0) {
    return { what: '`nesterov: true`', why: 'there is no momentum to look ahead by', instead: 'add `momentum: 0.9`' };
  }
  return null;
}
