/**
 * A policy with its parameters known and `extends` followed: one list of rules, the base's before its own. A filling is a rule whose
 * selector is the slot. Everything that can be judged without a network is judged here.
 */
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Bound } from '../ir/recipe.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { ClipDef } from '../ir/vocabulary.ts';
import type { PolicyDeclaration, PolicyReference } from '../parser/tree.ts';
import { bindParameters } from './bind.ts';
import { flattenItems } from './rules.ts';
import { find, type Scope } from './scope.ts';
import type { PolicySelector } from './selectors.ts';
import type { Effect } from './settings.ts';
import { type Environment, emptyEnvironment, evaluate } from './values.ts';

export interface FlatPolicy {
  readonly name: string;
  readonly rules: readonly FlatRule[];
  readonly clip: { readonly bound: Bound<ClipDef>; readonly value: Value } | null;
  /** The `{ … }` of the policy in force, for messages. */
  readonly span: Span;
}

export interface FlatRule {
  /** The policy it is written in; another than the one in force when it comes by `extends`. */
  readonly policy: string;
  readonly kind: 'filling' | 'rule';
  readonly selectors: readonly PolicySelector[];
  readonly settings: readonly FlatSetting[];
}

export interface FlatSetting {
  readonly key: string;
  readonly value: Value;
  readonly effect: Effect;
  readonly span: Span;
}

/** A policy and the values of its parameters. */
export interface PolicyUse {
  readonly declaration: PolicyDeclaration;
  readonly arguments: readonly ArgumentValue[];
  /** Where it is asked for. */
  readonly span: Span;
}

/** The policy that a reference names, with its arguments evaluated. */
export function usePolicy(
  reference: PolicyReference,
  environment: Environment,
  scope: Scope,
  report: Report,
): PolicyUse | null {
  const declaration = find('policy', scope.policies, reference.name.text, reference.name.span, scope, report);
  const args = reference.arguments.map((a): ArgumentValue | null => {
    const value = evaluate(a.value, environment, report);
    return value && { name: a.name?.text ?? null, nameSpan: a.name?.span ?? null, value, span: a.span };
  });
  if (declaration === null || args.includes(null)) return null;
  return { declaration, arguments: args.filter((a) => a !== null), span: reference.span };
}

/** With `missing: 'unknown'`, parameters that are not given are unknown instead of missing: for a policy that nobody uses. */
export function flatten(
  use: PolicyUse,
  scope: Scope,
  report: Report,
  missing: 'error' | 'unknown' = 'error',
): FlatPolicy | null {
  const chain: { readonly declaration: PolicyDeclaration; readonly environment: Environment }[] = [];
  for (let next: PolicyUse | null = use; next !== null; ) {
    const { declaration }: PolicyUse = next;
    const from = chain.findIndex((c) => c.declaration === declaration);
    if (from >= 0) {
      reportCycle(
        chain.slice(from).map((c) => c.declaration),
        report,
      );
      return null;
    }
    const callee = { name: declaration.name.text, span: next.span, environment: emptyEnvironment };
    const environment = bindParameters(
      declaration.parameters,
      next.arguments,
      callee,
      report,
      next === use ? missing : 'error',
    );
    if (environment === null) return null;
    chain.push({ declaration, environment });
    next = declaration.extends && usePolicy(declaration.extends, environment, scope, report);
    if (declaration.extends !== null && next === null) return null;
  }
  const rules: FlatRule[] = [];
  let clip: FlatPolicy['clip'] = null;
  for (const { declaration, environment } of chain.toReversed()) {
    const part = flattenItems(declaration, environment, report);
    rules.push(...part.rules);
    clip = part.clip ?? clip;
  }
  return { name: use.declaration.name.text, rules, clip, span: use.declaration.name.span };
}

/** Told from the policy that stands first in the file, so that every way into the circle says the same. */
function reportCycle(circle: readonly PolicyDeclaration[], report: Report): void {
  const start = circle.indexOf(circle.reduce((a, b) => (b.span.start < a.span.start ? b : a)));
  const names = [...circle.slice(start), ...circle.slice(0, start)].map((d) => d.name.text);
  report(policies.extendsCycle.at(circle[start]?.extends?.span ?? null, { names }));
}
