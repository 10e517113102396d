/**
 * The policy in force: one list of rules made of the policies that are named, each behind what it extends, and of what the command
 * line or a sweep sets. A filling is a rule whose selector is the slot. Everything that can be judged without a network is judged here.
 */
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { PolicyDeclaration, PolicyItem, PolicyReference } from '../parser/tree.ts';
import { bindParameters } from './bind.ts';
import { printValue } from './printing.ts';
import { flattenItems } from './rules.ts';
import { find, type Scope } from './scope.ts';
import { checkClipping } from './sections/clipping.ts';
import type { FlatSectionSetting } from './sections/index.ts';
import type { PolicySelector } from './selectors.ts';
import type { Effect } from './settings/index.ts';
import { type Environment, emptyEnvironment, evaluate } from './values.ts';

export interface FlatPolicy {
  /** `Modern`, `Modern + Strong(rate: 0.3)`. */
  readonly name: string;
  /** The same as one name. */
  readonly identifier: string;
  /** In the order of the cascade: what is extended before what extends it, earlier policies before later ones, overrides last. */
  readonly rules: readonly FlatRule[];
  /** What sections say, `gradient { clip: … }`: of all policies, the latest first, which wins. */
  readonly sections: readonly FlatSectionSetting[];
  /** Keys of settings that are not among the rules because something in them was wrong. */
  readonly wrong: ReadonlySet<string>;
  /** The name of the first policy in force, for messages. */
  readonly span: Span;
}

/** Where a rule comes from. Rules of one declaration share one. */
export interface RuleOrigin {
  /** The policy it is written in; `--set` or the name of a sweep for an override. */
  readonly policy: string;
  /** named: in force by name · base: by `extends` · set: an override, which beats every rule */
  readonly kind: 'named' | 'base' | 'set';
  /** Position among the declarations in force. */
  readonly position: number;
  /** Which of the named policies it belongs to: a policy and its bases have one number. */
  readonly part: number;
}

export interface FlatRule {
  readonly origin: RuleOrigin;
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

/** The policies that are asked for, in order, and what is set on top of them. */
export interface PolicyUse {
  readonly parts: readonly PolicyPart[];
  readonly set: PolicyOverride | null;
}

/** A policy and the values of its parameters. */
export interface PolicyPart {
  readonly declaration: PolicyDeclaration;
  readonly arguments: readonly ArgumentValue[];
  /** Where it is asked for. */
  readonly span: Span;
}

/** What the command line or a sweep sets. */
export interface PolicyOverride {
  readonly name: string;
  readonly items: readonly PolicyItem[];
  readonly span: Span;
}

export const alone = (declaration: PolicyDeclaration): PolicyUse => ({
  parts: [{ declaration, arguments: [], span: declaration.name.span }],
  set: null,
});

/** The policy that a reference names, with its arguments evaluated. */
export function usePolicy(
  reference: PolicyReference,
  environment: Environment,
  scope: Scope,
  report: Report,
): PolicyPart | null {
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
  const rules: FlatRule[] = [];
  const sections: FlatSectionSetting[] = [];
  const wrong = new Set<string>();
  let position = 0;
  const add = (
    declaration: Pick<PolicyDeclaration, 'items'>,
    environment: Environment,
    at: Omit<RuleOrigin, 'position'>,
  ) => {
    const part = flattenItems(declaration, { ...at, position: position++ }, environment, report);
    rules.push(...part.rules);
    for (const key of part.wrong) wrong.add(key);
    sections.unshift(...part.sections);
  };
  for (const [part, used] of use.parts.entries()) {
    const chain = chainOf(used, scope, report, missing);
    if (chain === null) return null;
    for (const [i, { declaration, environment }] of chain.entries())
      add(declaration, environment, {
        policy: declaration.name.text,
        kind: i === chain.length - 1 ? 'named' : 'base',
        part,
      });
  }
  if (use.set !== null) add(use.set, emptyEnvironment, { policy: use.set.name, kind: 'set', part: use.parts.length });
  checkClipping(sections, report);
  const names = use.parts.map((p) => p.declaration.name.text);
  return {
    name: use.parts.length === 0 ? (use.set?.name ?? '') : use.parts.map(textOfPart).join(' + '),
    identifier: names.length === 0 ? 'Set' : names.join('_'),
    rules,
    sections,
    wrong,
    span: (use.parts[0]?.declaration.name ?? use.set)?.span ?? { file: '', start: 0, end: 0 },
  };
}

/** `Strong(rate: 0.3)` */
function textOfPart({ declaration, arguments: args }: PolicyPart): string {
  const name = declaration.name.text;
  if (args.length === 0) return name;
  const keys = declaration.parameters.map((p) => p.name.text);
  let next = 0;
  const texts = args.map((a) => {
    const key = a.name ?? keys[next++];
    return key === undefined ? printValue(a.value) : `${key}: ${printValue(a.value)}`;
  });
  return `${name}(${texts.join(', ')})`;
}

interface Link {
  readonly declaration: PolicyDeclaration;
  readonly environment: Environment;
}

/** A policy behind what it extends, each with its parameters known. Every one reads names by the file it stands in. */
function chainOf(used: PolicyPart, scope: Scope, report: Report, missing: 'error' | 'unknown'): readonly Link[] | null {
  const chain: Link[] = [];
  for (let next: PolicyPart | null = used; next !== null; ) {
    const { declaration }: PolicyPart = next;
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
      next === used ? missing : 'error',
    );
    if (environment === null) return null;
    chain.push({ declaration, environment });
    if (declaration.extends === null) break;
    next = usePolicy(declaration.extends, environment, scope.homeOf(declaration), report);
    if (next === null) return null;
  }
  return chain.toReversed();
}

/** Told from the policy that stands first in the file, so that every way into the circle says the same. */
function reportCycle(circle: readonly PolicyDeclaration[], report: Report): void {
  const start = circle.indexOf(circle.reduce((a, b) => (b.span.start < a.span.start ? b : a)));
  const names = [...circle.slice(start), ...circle.slice(0, start)].map((d) => d.name.text);
  report(policies.extendsCycle.at(circle[start]?.extends?.span ?? null, { names }));
}
