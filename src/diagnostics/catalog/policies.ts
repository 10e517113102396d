/** NRM30xx: policies. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

export const policies = {
  unknownSetting: defineDiagnostic<{
    where: string;
    key: string;
    nearest: string | null;
    known: readonly string[];
    hint: string | null;
  }>({
    code: 'NRM3001',
    severity: 'error',
    title: 'an unknown setting in a policy',
    message: (f) => `${f.where} has no setting \`${f.key}\``,
    label: () => 'unknown setting',
    help: (f) =>
      f.hint ??
      didYouMean(f.nearest) ??
      (f.known.length === 1
        ? `the only setting here is \`${f.known[0]}\``
        : `settings here are ${listed(quoted(f.known), 'and')}`),
  }),
  unknownSlot: defineDiagnostic<{ name: string; nearest: string | null; setting: boolean; section: string | null }>({
    code: 'NRM3002',
    severity: 'error',
    title: 'a filling for a slot that does not exist',
    message: (f) => `there is no slot \`${f.name}\``,
    label: () => 'not a slot',
    help: (f) =>
      (f.section !== null ? `it belongs in a section: \`${f.section} { ${f.name}: … }\`` : null) ??
      (f.setting ? `say of what: \`conv, dense { ${f.name}: … }\`` : null) ??
      didYouMean(f.nearest) ??
      'the slots are `norm`, `act` and `drop`; other settings stand in a rule: `conv { … }`',
  }),
  findsNothing: defineDiagnostic<
    { selector: string; network: string; unknown: string | null; nearest: string | null; hint: string | null },
    'network'
  >({
    code: 'NRM3003',
    severity: 'error',
    title: 'a selector finds nothing',
    message: (f) =>
      f.unknown === null || f.unknown === f.selector
        ? `\`${f.selector}\` finds nothing in network \`${f.network}\``
        : `\`${f.selector}\` finds nothing in network \`${f.network}\`: nothing there is called \`${f.unknown}\``,
    label: () => 'selects nothing',
    places: { network: () => 'used with this network' },
    help: (f) =>
      didYouMean(f.nearest) ?? f.hint ?? 'remove the rule, or write `?` behind a name to let it find nothing',
  }),
  fillingFindsNothing: defineDiagnostic<{ slot: string; network: string; other: string | null }, 'network'>({
    code: 'NRM3004',
    severity: 'error',
    title: 'a filling finds no slot',
    message: (f) => `\`${f.slot}\` fills nothing: network \`${f.network}\` has no \`${f.slot}\` slot`,
    label: () => 'does nothing',
    places: { network: () => 'used with this network' },
    help: (f) => `write \`${f.slot}\` where the network should have it, or \`${f.slot}?: …\` here to let it find none`,
  }),
  doesNothing: defineDiagnostic<{ what: string; why: string; instead: string }>({
    code: 'NRM3005',
    severity: 'error',
    title: 'a setting that does nothing',
    message: (f) => `${f.what} does nothing: ${f.why}`,
    label: () => 'no effect',
    help: (f) => f.instead,
  }),
  reachesNothing: defineDiagnostic<{
    key: string;
    selector: string;
    found: readonly string[];
    needs: string;
    help: string | null;
  }>({
    code: 'NRM3006',
    severity: 'error',
    title: 'a setting on something that cannot take it',
    message: (f) =>
      `\`${f.key}\` does nothing on \`${f.selector}\`: ${listed(quoted(f.found), 'and')} ${f.found.length === 1 ? 'has' : 'have'} no ${f.needs}`,
    label: () => 'no effect',
    help: (f) => f.help,
  }),
  extendsCycle: defineDiagnostic<{ names: readonly string[] }>({
    code: 'NRM3007',
    severity: 'error',
    title: 'a policy extends itself',
    message: (f) =>
      f.names.length === 1
        ? `policy \`${f.names[0]}\` extends itself`
        : `policy \`${f.names[0]}\` extends itself by way of ${listed(quoted(f.names.slice(1)), 'and')}`,
    label: () => 'comes back to where it began',
    help: () => 'remove one `extends` of the circle',
  }),
  settingTwice: defineDiagnostic<{ key: string; where: string }, 'first'>({
    code: 'NRM3008',
    severity: 'error',
    title: 'a setting is written twice',
    message: (f) => `\`${f.key}\` is set twice in ${f.where}`,
    label: () => 'set again here',
    places: { first: () => 'this one would do nothing' },
    help: () => 'keep one of them',
  }),
  badValue: defineDiagnostic<{
    key: string;
    accepts: string;
    found: string;
    nearest: string | null;
    hint: string | null;
  }>({
    code: 'NRM3009',
    severity: 'error',
    title: 'a setting has a value that is not accepted',
    message: (f) => `\`${f.key}\` takes ${f.accepts}, found ${f.found}`,
    label: () => 'not accepted',
    help: (f) => didYouMean(f.nearest) ?? f.hint,
  }),
  notTrained: defineDiagnostic<{ key: string; weight: string; layer: string }>({
    code: 'NRM3010',
    severity: 'error',
    title: 'decay or a penalty on something that is not trained',
    message: (f) => `\`${f.key}\` does nothing on \`${f.weight}\`: a moving statistic is measured, not trained`,
    label: () => 'no effect',
    help: (f) =>
      f.key === 'trainable'
        ? `freeze the norm as a whole: \`${f.layer} { trainable: false }\``
        : 'the trained values of a norm are `gamma` and `beta`',
  }),
  unknownAttribute: defineDiagnostic<{
    attribute: string;
    of: readonly string[];
    nearest: string | null;
    known: readonly string[];
    hint: string | null;
  }>({
    code: 'NRM3011',
    severity: 'error',
    title: 'brackets ask for an argument that does not exist',
    message: (f) =>
      `${listed(quoted(f.of), 'and')} ${f.of.length === 1 ? 'has' : 'have'} no argument \`${f.attribute}\``,
    label: () => 'unknown argument',
    help: (f) =>
      f.hint ?? didYouMean(f.nearest) ?? (f.known.length === 0 ? null : `known are ${listed(quoted(f.known), 'and')}`),
  }),
  onFrozen: defineDiagnostic<{ key: string; weights: readonly string[] }, 'frozen'>({
    code: 'NRM3012',
    severity: 'error',
    title: 'decay or a penalty on weights that are frozen',
    message: (f) =>
      `\`${f.key}\` does nothing: all that it reaches, ${listed(quoted(f.weights.slice(0, 3)), 'and')}${f.weights.length > 3 ? ` and ${f.weights.length - 3} more` : ''}, ${f.weights.length === 1 ? 'is' : 'are'} frozen`,
    label: () => 'no effect',
    places: { frozen: () => 'frozen here' },
    help: (f) => `remove \`${f.key}\`, or select something that is trained`,
  }),
  overridePinned: defineDiagnostic<{ key: string; network: string }, 'pin'>({
    code: 'NRM3013',
    severity: 'error',
    title: 'an override that only reaches pins',
    message: (f) =>
      `setting \`${f.key}\` changes nothing: every place it reaches in network \`${f.network}\` is pinned`,
    label: () => 'no effect',
    places: { pin: () => 'pinned here' },
    help: () => 'a pin beats everything: remove what stands in the parentheses of the slot, and the policy decides',
  }),
  overrideUnknown: defineDiagnostic<{
    path: string;
    nearest: string | null;
    why: string;
    help: string | null;
  }>({
    code: 'NRM3014',
    severity: 'error',
    title: 'an override of something that is not there',
    message: (f) => `\`${f.path}\` cannot be set: ${f.why}`,
    label: () => 'names nothing that can be set',
    help: (f) => didYouMean(f.nearest) ?? f.help,
  }),
  nothingToExplain: defineDiagnostic<{
    target: string;
    network: string;
    nearest: string | null;
    hint: string | null;
    some: readonly string[];
  }>({
    code: 'NRM0141',
    severity: 'error',
    title: 'a name to explain that the network does not have',
    message: (f) => `\`${f.target}\` finds nothing in network \`${f.network}\``,
    label: () => 'names nothing',
    help: (f) =>
      f.hint ??
      didYouMean(f.nearest) ??
      `name a layer, a weight, a stage or a selector, such as ${listed(quoted(f.some), 'or')}`,
  }),
};
