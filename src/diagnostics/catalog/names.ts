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
  unknownLayer: defineDiagnostic<{
    name: string;
    nearest: string | null;
    known: readonly string[];
    network: boolean;
    importable: string | null;
    /** `from skip`, `again encoder`: what makes a step of a name that is known. */
    instead: string | null;
  }>({
    code: 'NRM2003',
    severity: 'error',
    title: 'an unknown layer',
    message: (f) =>
      f.network
        ? `\`${f.name}\` is a network, a layer or block is needed here`
        : `there is no layer or block \`${f.name}\``,
    label: (f) => (f.network ? 'a network is no step' : 'unknown'),
    help: (f) =>
      f.instead !== null
        ? `write \`${f.instead}\``
        : f.network
          ? 'declare it as a `block` to use it inside of a network'
          : f.importable !== null
            ? `the library has it: \`import { ${f.name} } from "${f.importable}"\``
            : (didYouMean(f.nearest) ??
              `layers are ${listed(quoted(f.known))}; slots are \`norm\`, \`act\` and \`drop\``),
  }),
  /** `method` is `name` with its arguments, as it may be written. */
  methodAsStep: defineDiagnostic<{ name: string; slot: string; method: string }>({
    code: 'NRM2004',
    severity: 'error',
    title: 'a method of a slot is written as a step',
    message: (f) => `\`${f.name}\` fills the slot \`${f.slot}\`, it is no step of its own`,
    label: () => 'not a step',
    help: (f) =>
      `write \`${f.slot}\` and let the policy say \`${f.slot}: ${f.method}\`, or pin it here: \`${f.slot}(${f.method})\``,
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
    help: (f) => `give one of them another ${f.what === 'steps' ? 'label' : 'name'}`,
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
  builtinBlock: defineDiagnostic<{ name: string; what: string }>({
    code: 'NRM2016',
    severity: 'error',
    title: 'a block with a name that already means something',
    message: (f) => `a block cannot be named \`${f.name}\`: that is ${f.what}`,
    label: () => 'not free here',
    help: () => 'give it a name of its own',
  }),
  unknownValue: defineDiagnostic<{ name: string; step: boolean; nearest: string | null; known: readonly string[] }>({
    code: 'NRM2017',
    severity: 'error',
    title: 'a value that has no such name',
    message: (f) => `no value is named \`${f.name}\` here`,
    label: (f) => (f.step ? 'the name of a step, not of a value' : 'not named before this place'),
    help: (f) =>
      (f.step ? `a label names a step and its weights; name its value with \`as\`: \`… as ${f.name}\`` : null) ??
      didYouMean(f.nearest) ??
      (f.known.length === 0
        ? `name one with \`as\`: \`conv(32, kernel: 3) as ${f.name}\``
        : `values named here: ${listed(quoted(f.known))}`),
  }),
  nothingArrives: defineDiagnostic<{ path: string; inputs: readonly string[] }>({
    code: 'NRM2018',
    severity: 'error',
    title: 'a step to which no value comes',
    message: (f) => `nothing comes to \`${f.path}\``,
    label: () => 'takes no value',
    help: (f) =>
      f.inputs.length === 0
        ? 'begin the network with an input: `input image: float32[28, 28, 1]`'
        : `with several inputs each path begins with one: \`from ${f.inputs[0]}\``,
  }),
  goesNowhere: defineDiagnostic<{ what: string; from: string | null }>({
    code: 'NRM2019',
    severity: 'error',
    title: 'a value that nothing takes',
    message: (f) => `${f.what} goes nowhere`,
    label: () => 'nothing takes this value',
    help: (f) =>
      f.from === null
        ? 'name it and take it later (`… as skip`, `from skip`), make it an output (`output name: …`), or remove it'
        : `take it with \`from ${f.from}\`, or remove it`,
  }),
  unknownLabel: defineDiagnostic<{ label: string; step: boolean; nearest: string | null; known: readonly string[] }>({
    code: 'NRM2020',
    severity: 'error',
    title: '`again` of something that is not there',
    message: (f) => `no step, stage or block before this one is labelled \`${f.label}\``,
    label: (f) => (f.step ? 'a name of its own making, not a label' : 'not labelled before this place'),
    help: (f) =>
      (f.step ? 'give the step a label and repeat that: `shared: conv(32, kernel: 3)`, `again shared`' : null) ??
      didYouMean(f.nearest) ??
      (f.known.length === 0
        ? `give it a label where it first stands: \`${f.label}: conv(32, kernel: 3)\``
        : `labels before this place: ${listed(quoted(f.known))}`),
  }),
  againDiffers: defineDiagnostic<{ label: string }>({
    code: 'NRM2021',
    severity: 'error',
    title: '`again` where the steps would not be the same',
    message: (f) => `\`${f.label}\` would have other steps here than where it first stands`,
    label: () => 'cannot share weights',
    help: () =>
      'an `if`, a `repeat` or a `shortcut` in it depends on the shape that arrives; bring both inputs to one shape',
  }),
  badLoop: defineDiagnostic<{ what: string; needs: string; found: string }>({
    code: 'NRM2022',
    severity: 'error',
    title: 'a loop over something else than it needs',
    message: (f) => `${f.what} needs ${f.needs}, found ${f.found}`,
    label: (f) => `not ${f.needs}`,
    help: () =>
      '`repeat 3 { … }`, `for filters in [16, 32] { … }`, `for [filters, count] in [[64, 2], [128, 3]] { … }`',
  }),
  badCondition: defineDiagnostic<{ found: string }>({
    code: 'NRM2023',
    severity: 'error',
    title: 'a condition that is neither true nor false',
    message: (f) => `\`if\` needs true or false, found ${f.found}`,
    label: () => 'neither true nor false',
    help: () => 'compare it: `if stride > 1 { … }`, or give a parameter the value `true`',
  }),
  networkTooLarge: defineDiagnostic<{ network: string; most: number }>({
    code: 'NRM2024',
    severity: 'error',
    title: 'a network with too many steps',
    message: (f) => `\`${f.network}\` has more than ${f.most.toLocaleString('en-US')} steps, rounds of loops counted`,
    label: () => 'the limit is reached here',
    help: () => 'look at the counts of `repeat` and `for` around this place',
  }),
  blocksTooDeep: defineDiagnostic<{ block: string; most: number }>({
    code: 'NRM2025',
    severity: 'error',
    title: 'blocks in blocks without an end',
    message: (f) => `\`${f.block}\` stands more than ${f.most} blocks deep`,
    label: () => 'opened here once more',
    help: () => 'a block that contains itself needs an `if` that ends it',
  }),
  sharedShape: defineDiagnostic<
    { path: string; original: string; weight: string; has: string; needs: string },
    'first'
  >({
    code: 'NRM2026',
    severity: 'error',
    title: '`again` on a shape that the shared weights do not fit',
    message: (f) => `\`${f.path}\` would need a \`${f.weight}\` of ${f.needs}; that of \`${f.original}\` is ${f.has}`,
    label: () => 'the same weights do not fit here',
    places: { first: () => 'the weights are made here' },
    help: () => 'give both places inputs with the same number of channels',
  }),
  blocksOfOneName: defineDiagnostic<{ block: string }, 'first' | 'second'>({
    code: 'NRM2027',
    severity: 'error',
    title: 'two different blocks of one name in a network',
    message: (f) => `this network has two different blocks named \`${f.block}\``,
    label: () => 'the second of them is used here',
    places: { first: () => 'one block of that name', second: () => 'another block of that name' },
    help: () => 'rename one of them: selectors and reports go by the name',
  }),
  tooDeep: defineDiagnostic<{ network: string; most: number }>({
    code: 'NRM2028',
    severity: 'error',
    title: 'steps that stand too deep',
    message: (f) => `\`${f.network}\` nests more than ${f.most} levels deep, blocks opened`,
    label: () => 'too deep here',
    help: () => 'a block that contains itself needs an `if` that ends it sooner',
  }),
};
