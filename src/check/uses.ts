/** Which network and which policy are meant: by a train, by the network's own `with`, or from outside of the spec. */
import { training } from '../diagnostics/catalog/training.ts';
import { unsupported as unsupportedErrors } from '../diagnostics/catalog/unsupported.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { ArgumentValue, Value } from '../ir/value.ts';
import type { NetworkDeclaration, PolicyDeclaration } from '../parser/tree.ts';
import { callOf } from './entries.ts';
import type { Settings } from './keys.ts';
import type { NetworkUse } from './network.ts';
import { type PolicyUse, usePolicy } from './policy.ts';
import { find, type Scope } from './scope.ts';
import type { TrainKey } from './train-settings.ts';
import { describe, emptyEnvironment } from './values.ts';

/** What the command line says instead of the spec; it goes through the same checks. */
export interface TrainOverrides {
  /** A policy of the file by name, or one that is not in it. */
  readonly policy?: string | PolicyDeclaration;
  readonly epochs?: number;
  /** Arguments of the network. */
  readonly arguments?: readonly ArgumentValue[];
}

/** The network of a train, with its arguments and the policy in force. */
export function readNetwork(
  settings: Settings<TrainKey>,
  overrides: TrainOverrides,
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
  return { declaration, arguments: overrides.arguments ?? call.args, span: value.span, policy, missing: 'error' };
}

/** The policy in force: the override, else the train's, else the network's own. */
function readPolicy(
  settings: Settings<TrainKey>,
  overrides: TrainOverrides,
  network: NetworkDeclaration | null,
  scope: Scope,
  report: Report,
): PolicyUse | null | 'wrong' {
  const value = settings.values.get('policy');
  if (settings.written.has('policy') && value === undefined) return 'wrong';
  const written = value === undefined ? null : namedPolicy(value, scope, report);
  if (overrides.policy !== undefined) return overridePolicy(overrides.policy, scope, report);
  if (written !== null) return written;
  return network === null ? null : ownPolicy(network, scope, report);
}

function namedPolicy(value: Value, scope: Scope, report: Report): PolicyUse | 'wrong' {
  if (value.kind === 'list') {
    report(
      unsupportedErrors.construct.at(value.span, {
        what: 'a list of policies',
        instead: 'write one policy that extends the other: `policy Both extends First { … }`',
      }),
    );
    return 'wrong';
  }
  const call = callOf(value);
  if (call === null) {
    report(
      training.badValue.at(value.span, {
        key: 'policy',
        accepts: 'the name of a policy',
        found: describe(value),
        nearest: null,
      }),
    );
    return 'wrong';
  }
  const declaration = find('policy', scope.policies, call.name, call.span, scope, report);
  return declaration === null ? 'wrong' : { declaration, arguments: call.args, span: value.span };
}

export function overridePolicy(policy: string | PolicyDeclaration, scope: Scope, report: Report): PolicyUse | 'wrong' {
  const declaration = typeof policy === 'string' ? find('policy', scope.policies, policy, null, scope, report) : policy;
  return declaration === null ? 'wrong' : { declaration, arguments: [], span: declaration.name.span };
}

/** `with Plain` */
export function ownPolicy(network: NetworkDeclaration, scope: Scope, report: Report): PolicyUse | null | 'wrong' {
  if (network.with === null) return null;
  return usePolicy(network.with, emptyEnvironment, scope, report) ?? 'wrong';
}
