/** Overrides that nothing took: of a declaration that is not the one in force, or of a train where there is none. */
import { policies } from '../diagnostics/catalog/policies.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { listed, quoted } from '../diagnostics/wording.ts';
import type { Override, OverrideSet } from './override.ts';
import type { Scope } from './scope.ts';

export function reportUntaken(sets: OverrideSet, scope: Scope, report: Report): void {
  for (const o of sets.list) {
    if (sets.taken.has(o)) continue;
    const rest = o.path.slice(o.path.indexOf('.') + 1);
    const { near, ...facts } = factsOf(o, sets, scope);
    const path = near === null ? null : `${near}.${rest}`;
    report(policies.overrideUnknown.at(o.span, { path: o.path, nearest: path, ...facts }));
  }
}

interface Facts {
  readonly why: string;
  readonly near: string | null;
  readonly help: string | null;
}

function factsOf({ target }: Override, { met }: OverrideSet, scope: Scope): Facts {
  const nothing = scope.networks.size + scope.trains.size === 0;
  if (nothing)
    return { why: 'the file has no network and no train', near: null, help: 'check a file that uses this one' };
  if (target.kind !== 'parameter') {
    if (target.kind === 'train' && target.train !== null)
      return {
        why: `\`${target.train}\` is not the train that this is about`,
        near: null,
        help: 'name it: `FILE:NAME`',
      };
    const why = 'it belongs to a train, and this is a network by itself';
    return { why, near: null, help: 'name a train: `FILE:NAME`' };
  }
  const name = target.of.text;
  const help = helpOf(met);
  if (scope.policies.has(name)) return { why: `policy \`${name}\` is not in force by its name here`, near: null, help };
  if (scope.networks.has(name))
    return { why: `network \`${name}\` is not the one that this is about`, near: null, help };
  if (scope.data.has(name)) return { why: `\`${name}\` is data, and what it says is set there only`, near: null, help };
  const known = [...met.keys(), ...scope.trains.keys(), 'network', 'policy', 'train'];
  return { why: `no network, policy or train in force is called \`${name}\``, near: nearest(name, known), help };
}

/** What could have been named. */
function helpOf(met: OverrideSet['met']): string {
  const own = [...met].flatMap(([name, parameters]) => parameters.map((p) => `${name}.${p}`));
  const parameters =
    own.length === 0 ? 'nothing in force has parameters' : `parameters in force are ${listed(quoted(own), 'and')}`;
  return `${parameters}; a setting of the train is \`train.batch\`, one of the policy \`policy.norm\``;
}
