/** A network under a policy: the Model. */
import { policies } from '../diagnostics/catalog/policies.ts';
import { type Diagnostic, hasErrors, type Report } from '../diagnostics/diagnostic.ts';
import type { ArgumentValue } from '../ir/value.ts';
import type { NetworkDeclaration } from '../parser/tree.ts';
import { bindParameters } from './bind.ts';
import { cascade, type Finding, type Reached } from './cascade.ts';
import { expand } from './expand.ts';
import { checkFindings } from './findings.ts';
import { buildLayers, withWeights } from './layers.ts';
import type { Model } from './model.ts';
import { type FlatPolicy, type FlatRule, type FlatSetting, flatten, type PolicyUse } from './policy.ts';
import type { Scope } from './scope.ts';
import { type Environment, emptyEnvironment } from './values.ts';
import { finish } from './weights.ts';

/** A network, the values of its parameters, and the policy in force. */
export interface NetworkUse {
  readonly declaration: NetworkDeclaration;
  readonly arguments: readonly ArgumentValue[];
  /** Where it is asked for. */
  readonly span: NetworkDeclaration['span'];
  readonly policy: PolicyUse | null;
  /** A parameter that is not given: missing, or unknown because nobody uses the network yet. */
  readonly missing: 'error' | 'unknown';
}

/** A model, and what it was made of. */
export interface BuiltNetwork {
  readonly declaration: NetworkDeclaration;
  readonly model: Model;
  readonly parameters: Environment;
  readonly policy: FlatPolicy | null;
  /** What of the policy is in force somewhere. */
  readonly inForce: readonly FlatRule[];
}

const noRules: FlatPolicy = { name: '', rules: [], clip: null, span: { file: '', start: 0, end: 0 } };

export function buildNetwork(use: NetworkUse, scope: Scope, sink: Report): BuiltNetwork | null {
  const found: Diagnostic[] = [];
  const report: Report = (d) => {
    found.push(d);
    sink(d);
  };
  const { declaration } = use;
  const callee = { name: declaration.name.text, span: use.span, environment: emptyEnvironment };
  const parameters = bindParameters(declaration.parameters, use.arguments, callee, report, use.missing);
  const policy = use.policy && flatten(use.policy, scope, report);
  if (parameters === null) return null;
  const outline = expand(declaration, parameters, scope, report);
  if (use.policy !== null && policy === null) return null;
  const rules = policy ?? noRules;
  const fillings = cascade(rules, outline.places);
  const layers = buildLayers(outline, fillings.reached, report);
  if (layers === null || outline.input === null) return null;
  const places = withWeights(outline, layers);
  const { reached, findings } = cascade(rules, places);
  checkFindings({ network: declaration.name, policy: rules, places, reached, findings }, report);
  if (hasErrors(found)) return null;

  const last = layers.at(-1);
  if (last === undefined) {
    // Every step is a slot that stays empty: the value of the input is the output, which no program can be made of.
    report(
      policies.doesNothing.at(declaration.name.span, {
        what: `network \`${declaration.name.text}\``,
        why: 'all of its slots stay empty',
        instead: 'add a step that is no slot, such as `dense(10)`',
      }),
    );
    return null;
  }
  const weightPlaces = new Map(places.flatMap((p) => (p.kind === 'weight' ? [[p.path, p] as const] : [])));
  const model: Model = {
    network: declaration.name.text,
    policy: policy?.name ?? null,
    inputs: [outline.input],
    layers: layers.map((layer) => finish(layer, reached, weightPlaces)),
    outputs: [{ name: last.place.name, source: { kind: 'layer', path: last.place.path }, type: last.output }],
    clip: rules.clip?.bound ?? null,
    span: declaration.span,
  };
  return { declaration, model, parameters, policy, inForce: rulesInForce(rules, reached, findings) };
}

/** Rules with the settings that won at one place at least, and the selectors that found something for them. */
function rulesInForce(policy: FlatPolicy, reached: Reached, findings: readonly Finding[]): readonly FlatRule[] {
  const won = new Set<FlatSetting>();
  for (const [place, keys] of reached) {
    // A pinned slot is won by its pin.
    if (place.kind === 'slot' && place.pin !== null) continue;
    for (const [first] of keys.values()) if (first !== undefined) won.add(first.setting);
  }
  return policy.rules.flatMap((rule) => {
    const settings = rule.settings.filter((s) => won.has(s));
    const selectors = findings.filter(
      (f) => f.rule === rule && f.reached.some((r) => won.has(r.setting) && r.places.length > 0),
    );
    return settings.length === 0 ? [] : [{ ...rule, settings, selectors: selectors.map((f) => f.selector) }];
  });
}
