/** `--policy` and `--set`: what the command line says instead of the spec. */
import { Option } from 'commander';
import { callOf } from '../check/entries.ts';
import { policyFile, readPolicyNames, setFile, setText } from '../check/index.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { policyNamed, type Spec } from './spec.ts';
import { Refused } from './terminal.ts';

export interface OverrideOptions {
  readonly policy?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

export const policyOption = (what: string): Option =>
  new Option('--policy <names>', `the policy ${what}; several with commas, later over earlier`);

export const setOption = (): Option =>
  new Option('--set <path=value>', 'such as policy.norm=none, batch=32, network.classes=5; may be repeated').argParser(
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );

/** The spec, to whose texts those of the options are added, for messages; and the overrides as the checker takes them. */
export function withOverrides(
  spec: Spec,
  { policy, set = [] }: OverrideOptions,
): { readonly spec: Spec; readonly overrides: { readonly policy?: string; readonly set?: readonly string[] } } {
  const texts = new Map(spec.sources);
  if (policy !== undefined) texts.set(policyFile, policy);
  if (set.length > 0) texts.set(setFile, setText(set));
  const known = { ...spec, sources: texts };
  if (policy !== undefined) checkPolicyNames(known, policy);
  return {
    spec: known,
    overrides: { ...(policy === undefined ? {} : { policy }), ...(set.length === 0 ? {} : { set }) },
  };
}

/** Every name must be one of the file's, before anything else is said. */
function checkPolicyNames(spec: Spec, text: string): void {
  const found: Diagnostic[] = [];
  const value = readPolicyNames(text, (d) => found.push(d));
  if (value === null) throw new Refused(found, spec.sources);
  for (const item of value.kind === 'list' ? value.items : [value]) {
    const call = callOf(item);
    if (call !== null) policyNamed(spec, call.name);
  }
}

/** The options as they are typed, for a command that is to be run again. */
export const overrideArguments = ({ policy, set = [] }: OverrideOptions): readonly string[] =>
  [...(policy === undefined ? [] : ['--policy', policy]), ...set.flatMap((s) => ['--set', s])].map((a) =>
    /^[\w.=-]+$/.test(a) ? a : `'${a.replaceAll("'", "'\\''")}'`,
  );
