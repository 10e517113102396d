/** Which network and which policies are meant: by a train, by the network's own `with`, or from outside of the spec. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { training } from '../diagnostics/catalog/training.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import { parseValue, parseValues } from '../parser/fragment.ts';
import type { NetworkDeclaration, PolicyDeclaration } from '../parser/tree.ts';
import { callOf } from './entries.ts';
import type { Settings } from './keys.ts';
import type { NetworkUse } from './network.ts';
import { noOverrides, type OverrideSet, overrideArguments, policyOverride } from './override.ts';
import { alone, type PolicyPart, type PolicyUse, usePolicy } from './policy.ts';
import { find, type Scope } from './scope.ts';
import type { TrainKey } from './train-keys.ts';
import { describe, emptyEnvironment, evaluate } from './values.ts';

/** What the command line says instead of the spec; it goes through the same checks. */
export interface TrainOverrides {
  /** Policies of the file, as in `Modern, Strong(rate: 0.3)`, or one that is not in it; absent: what the spec says. */
  readonly policy?: string | PolicyDeclaration;
  readonly epochs?: number;
  /** Arguments of the network. */
  readonly arguments?: readonly ArgumentValue[];
  /** `policy.norm=none`, `batch=32`, `LeNet.width=8`: see `override.ts`. */
  readonly set?: readonly string[];
}

/** The same once `set`, or an axis of a sweep, has been read. */
export interface Overrides extends Omit<TrainOverrides, 'set'> {
  readonly sets?: OverrideSet;
}

/** The network of a train, with its arguments and the policy in force. */
export function readNetwork(
  settings: Settings<TrainKey>,
  overrides: Overrides,
  scope: Scope,
  report: Report,
): NetworkUse | null {
  const value = settings.values.get('network');
  if (value === undefined) return null;
  const call = callOf(value);
  if (call === null) {
    report(
      training.badValue.at(value.span, {
        key: 'network',
        accepts: 'the name of a network',
        found: describe(value),
        nearest: null,
      }),
    );
    return null;
  }
  const declaration = find('network', scope.networks, call.name, call.span, scope, report);
  const policy = readPolicy(settings, overrides, declaration, scope, report);
  if (declaration === null || policy === 'wrong') return null;
  const args = networkArguments(declaration, overrides.arguments ?? call.args, overrides, report);
  return { declaration, arguments: args, span: value.span, policy, missing: 'error' };
}

/** The arguments of a network, with what is set from outside. */
export const networkArguments = (
  declaration: NetworkDeclaration,
  args: readonly ArgumentValue[],
  { sets = noOverrides() }: Overrides,
  report: Report,
): readonly ArgumentValue[] =>
  overrideArguments(declaration.parameters, args, ['network', declaration.name.text], sets, report);

/** The policy in force: the override, else the train's, else the network's own. */
function readPolicy(
  settings: Settings<TrainKey>,
  overrides: Overrides,
  network: NetworkDeclaration | null,
  scope: Scope,
  report: Report,
): PolicyUse | null | 'wrong' {
  const value = settings.values.get('policy');
  if (settings.written.has('policy') && value === undefined) return 'wrong';
  const written = value === undefined ? null : namedPolicies(value, scope, report);
  if (overrides.policy !== undefined || written === null) return policyOf(network, overrides, scope, report);
  return written === 'wrong' ? written : withSets(written, overrides, report);
}

/** The policy of a network: the one that is asked for, else its own; with what is set on top of it. */
export function policyOf(
  network: NetworkDeclaration | null,
  overrides: Pick<Overrides, 'policy' | 'sets'>,
  scope: Scope,
  report: Report,
): PolicyUse | null | 'wrong' {
  const use =
    overrides.policy !== undefined
      ? overridePolicy(overrides.policy, scope, report)
      : network === null
        ? null
        : ownPolicy(network, scope, report);
  return use === 'wrong' ? use : withSets(use, overrides, report);
}

/** A policy with what `--set` says of it: arguments of its parts, and rules on top. */
function withSets(
  use: PolicyUse | null,
  { sets = noOverrides() }: Pick<Overrides, 'sets'>,
  report: Report,
): PolicyUse | null {
  const set = policyOverride(sets);
  if (use === null && set === null) return null;
  const parts = (use?.parts ?? []).map((part): PolicyPart => {
    const { declaration, arguments: args } = part;
    const names = [declaration.name.text];
    return { ...part, arguments: overrideArguments(declaration.parameters, args, names, sets, report) };
  });
  return { parts, set };
}

/** `Modern`, `Strong(rate: 0.3)`, `[Modern, Strong(rate: 0.3)]` */
function namedPolicies(value: Value, scope: Scope, report: Report): PolicyUse | 'wrong' {
  const items = value.kind === 'list' ? value.items : [value];
  if (items.length === 0) return refusePolicy(value, report);
  const parts: PolicyPart[] = [];
  let wrong = false;
  for (const item of items) {
    const part = namedPolicy(item, scope, report);
    if (part === 'wrong') wrong = true;
    else if (parts.some((p) => p.declaration === part.declaration)) {
      wrong = true;
      const what = `\`${part.declaration.name.text}\` a second time`;
      const why = 'its rules are in force already';
      report(policies.doesNothing.at(item.span, { what, why, instead: 'name each policy once' }));
    } else parts.push(part);
  }
  return wrong ? 'wrong' : { parts, set: null };
}

function namedPolicy(value: Value, scope: Scope, report: Report): PolicyPart | 'wrong' {
  const call = callOf(value);
  if (call === null) return refusePolicy(value, report);
  const declaration = find('policy', scope.policies, call.name, call.span, scope, report);
  return declaration === null ? 'wrong' : { declaration, arguments: call.args, span: value.span };
}

function refusePolicy(value: Value, report: Report): 'wrong' {
  report(
    training.badValue.at(value.span, {
      key: 'policy',
      accepts: 'the name of a policy, or a list of names',
      found: describe(value),
      nearest: null,
    }),
  );
  return 'wrong';
}

/** The file that diagnostics about `--policy` point into. */
export const policyFile = '--policy';

/** The value of `--policy`: names with a comma between them, in brackets or not. Null after an error. */
export function readPolicyNames(text: string, report: Report): Value | null {
  const span: Span = { file: policyFile, start: 0, end: text.length };
  const expression = /^\s*\[/.test(text) ? parseValue(text, span, report) : parseValues(text, span, report);
  return expression && evaluate(expression, emptyEnvironment, report);
}

/** Policies from outside: by name, or a declaration that is not in the file. */
function overridePolicy(policy: string | PolicyDeclaration, scope: Scope, report: Report): PolicyUse | 'wrong' {
  if (typeof policy !== 'string') return alone(policy);
  const value = readPolicyNames(policy, report);
  return value === null ? 'wrong' : namedPolicies(value, scope, report);
}

/** `with Plain` */
function ownPolicy(network: NetworkDeclaration, scope: Scope, report: Report): PolicyUse | null | 'wrong' {
  if (network.with === null) return null;
  const part = usePolicy(network.with, emptyEnvironment, scope.homeOf(network), report);
  return part === null ? 'wrong' : { parts: [part], set: null };
}
