/** NRM20xx: names in networks and between declarations. */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

/** A method as it may be written: dropout says how much. */
const written = (method: string): string => (method === 'dropout' ? 'dropout(drop: 0.3)' : method);

export const names = {
  duplicateDeclaration: defineDiagnostic<{ what: string; firstWhat: string; name: string }, 'first'>({
    code: 'NRM2001',
    severity: 'error',
    title: 'a name is declared twice',
    message: (f) =>
      f.what === f.firstWhat
        ? `${f.what} \`${f.name}\` is declared twice`
        : `\`${f.name}\` is declared as ${f.firstWhat} and as ${f.what}`,
    label: () => 'declared again here',
    places: { first: () => 'first declared here' },
    help: () => 'rename one of them',
  }),
  unknownDeclaration: defineDiagnostic<{
    what: string;
    name: string;
    found: readonly string[];
    nearest: string | null;
    other: string | null;
  }>({
    code: 'NRM2002',
    severity: 'error',
    title: 'a declaration that is not there',
    message: (f) =>
      f.other === null
        ? `there is no ${f.what} \`${f.name}\` in this file`
        : `\`${f.name}\` is a ${f.other}, a ${f.what} is needed here`,
    label: () => 'not declared',
    help: (f) =>
      didYouMean(f.nearest) ??
      (f.found.length === 0
        ? `declare one: \`${f.what} ${f.name} { … }\``
        : `this file has ${listed(quoted(f.found))}`),
  }),
  unknownLayer: defineDiagnostic<{ name: string; nearest: string | null; known: readonly string[] }>({
    code: 'NRM2003',
    severity: 'error',
    title: 'an unknown layer',
    message: (f) => `there is no layer \`${f.name}\``,
    label: () => 'unknown layer',
    help: (f) =>
      didYouMean(f.nearest) ?? `layers are ${listed(quoted(f.known))}; slots are \`norm\`, \`act\` and \`drop\``,
  }),
  methodAsStep: defineDiagnostic<{ name: string; slot: string }>({
    code: 'NRM2004',
    severity: 'error',
    title: 'a method of a slot is written as a step',
    message: (f) => `\`${f.name}\` fills the slot \`${f.slot}\`, it is no step of its own`,
    label: () => 'not a step',
    help: (f) =>
      `write \`${f.slot}\` and let the policy say \`${f.slot}: ${written(f.name)}\`, or pin it here: \`${f.slot}(${written(f.name)})\``,
  }),
  methodOfOtherSlot: defineDiagnostic<{ name: string; slot: string; fits: string }>({
    code: 'NRM2005',
    severity: 'error',
    title: 'a method that fills another slot',
    message: (f) => `\`${f.name}\` fills \`${f.fits}\`, not \`${f.slot}\``,
    label: (f) => `fills \`${f.fits}\``,
    help: (f) => `\`${f.fits}: ${written(f.name)}\` in a policy, \`${f.fits}(${written(f.name)})\` in a network`,
  }),
  labelTaken: defineDiagnostic<{ label: string; why: string }>({
    code: 'NRM2006',
    severity: 'error',
    title: 'a label that means something else',
    message: (f) => `\`${f.label}\` cannot be a label: it is ${f.why}`,
    label: () => 'not free as a label',
    help: () => 'rules select by op, slot, block and label alike, so a label needs a name of its own',
  }),
  duplicateName: defineDiagnostic<{ path: string; what: string; automatic: boolean }, 'first'>({
    code: 'NRM2007',
    severity: 'error',
    title: 'two steps have one name',
    message: (f) => `two ${f.what} are named \`${f.path}\``,
    label: (f) => (f.automatic ? `its automatic name is \`${f.path}\`` : 'used again here'),
    places: { first: () => 'first used here' },
    help: () => 'give one of them another label',
  }),
  unknownMethod: defineDiagnostic<{ slot: string; name: string; nearest: string | null; known: readonly string[] }>({
    code: 'NRM2008',
    severity: 'error',
    title: 'an unknown method for a slot',
    message: (f) => `nothing called \`${f.name}\` fills \`${f.slot}\``,
    label: () => 'unknown',
    help: (f) => didYouMean(f.nearest) ?? `\`${f.slot}\` takes ${listed(quoted([...f.known, 'none']))}`,
  }),
  softmax: defineDiagnostic<Record<never, never>>({
    code: 'NRM2009',
    severity: 'error',
    title: 'softmax stands in a network',
    message: () => '`softmax` is not part of a network: the loss takes logits',
    label: () => 'leave this out',
    help: () =>
      'end with `dense(classes)`; `loss: cross_entropy` applies softmax, and `nrmc predict --probabilities` prints it',
  }),
  misplacedInput: defineDiagnostic<{ name: string; why: string }>({
    code: 'NRM2010',
    severity: 'error',
    title: 'an input stands in the wrong place',
    message: (f) => `input \`${f.name}\` stands ${f.why}`,
    label: () => 'inputs come first',
    help: () => 'move it to the beginning of the network',
  }),
  emptyNetwork: defineDiagnostic<{ network: string; missing: 'input' | 'steps' }>({
    code: 'NRM2011',
    severity: 'error',
    title: 'a network without an input or without steps',
    message: (f) => `network \`${f.network}\` has no ${f.missing}`,
    help: (f) =>
      f.missing === 'input' ? 'begin it with one: `input image: float32[28, 28, 1]`' : 'add one: `dense(10)`',
  }),
  emptyStage: defineDiagnostic<{ stage: string }>({
    code: 'NRM2012',
    severity: 'error',
    title: 'a stage without steps',
    message: (f) => `stage \`${f.stage}\` has no steps`,
    label: () => 'empty',
    help: () => 'write its steps between the braces, or remove it',
  }),
  inputNameTaken: defineDiagnostic<{ name: string; what: string }>({
    code: 'NRM2013',
    severity: 'error',
    title: 'a name that the compiled training step uses itself',
    message: (f) => `${f.what} cannot be named \`${f.name}\`: the compiled training step has a value of that name`,
    label: () => 'not free here',
    help: (f) => `call it something else, such as \`${f.name}_input\``,
  }),
  badType: defineDiagnostic<{ name: string; problem: string; nearest: string | null }>({
    code: 'NRM2014',
    severity: 'error',
    title: 'a tensor type that does not exist',
    message: (f) => `the type of \`${f.name}\`: ${f.problem}`,
    label: () => 'not a type',
    help: (f) =>
      didYouMean(f.nearest) ?? 'a type is `float32[28, 28, 1]`: height, width and channels, without the batch',
  }),
  badPin: defineDiagnostic<{ slot: string; found: string }>({
    code: 'NRM2015',
    severity: 'error',
    title: 'a slot is pinned to something that is not one method',
    message: (f) => `\`${f.slot}\` is pinned with ${f.found}; it takes one method`,
    label: () => 'one method, or no parentheses',
    help: (f) =>
      `\`${f.slot}\` leaves it to the policy, \`${f.slot}(${f.slot === 'norm' ? 'batch(epsilon: 1e-5)' : f.slot === 'act' ? 'relu' : 'dropout(drop: 0.3)'})\` pins it`,
  }),
};
