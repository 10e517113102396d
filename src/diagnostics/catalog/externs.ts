/** NRM25xx: layers of a user's own (`extern layer`). */
import { defineDiagnostic } from '../diagnostic.ts';
import { didYouMean, listed, quoted } from '../wording.ts';

const example = '`extern layer gate(x: float32[...S, C], rate = 0.5) -> float32[...S, C] from "./gate.ts"`';

export const externs = {
  nameTaken: defineDiagnostic<{ name: string; by: string }>({
    code: 'NRM2501',
    severity: 'error',
    title: 'a layer of your own with a name that is taken',
    message: (f) => `a layer of your own cannot be called \`${f.name}\`: it is ${f.by}`,
    label: () => 'not free here',
    help: (f) => `give it a name of its own, such as \`my_${f.name}\``,
  }),
  noResult: defineDiagnostic<{ name: string; operand: string }>({
    code: 'NRM2502',
    severity: 'error',
    title: 'a layer of your own without a result',
    message: (f) => `layer \`${f.name}\` does not say what it gives`,
    label: () => 'no result',
    help: (f) => `write the type of its value before \`from\`: \`-> ${f.operand}\``,
  }),
  operands: defineDiagnostic<{ name: string; problem: string; help: string | null }>({
    code: 'NRM2503',
    severity: 'error',
    title: 'a layer of your own that does not take one tensor',
    message: (f) => `layer \`${f.name}\` ${f.problem}`,
    label: () => 'one tensor, then plain parameters',
    help: (f) => f.help ?? `such as ${example}`,
  }),
  badDefault: defineDiagnostic<{ name: string; parameter: string; found: string }>({
    code: 'NRM2504',
    severity: 'error',
    title: 'a default that a layer of your own cannot be given',
    message: (f) =>
      `the default of \`${f.parameter}\` is a number, \`true\`, \`false\`, a word or a text; found ${f.found}`,
    label: () => 'cannot be handed to the module',
    help: () => 'leave the default out to have the parameter given at each step',
  }),
  badSize: defineDiagnostic<{ name: string; side: 'operand' | 'result'; problem: string; help: string | null }>({
    code: 'NRM2505',
    severity: 'error',
    title: 'a size in the declaration of a layer of your own that cannot be read',
    message: (f) => `layer \`${f.name}\`: ${f.problem}`,
    label: () => 'not a size here',
    help: (f) =>
      f.help ??
      (f.side === 'operand'
        ? 'what arrives is described by numbers, names and `...S`, such as `float32[...S, C]`'
        : 'the result is described by numbers, the names of what arrives and arithmetic with them, such as `float32[...S, C / 2]`'),
  }),
  unboundSize: defineDiagnostic<{
    name: string;
    size: string;
    known: readonly string[];
    nearest: string | null;
    parameter: string | null;
  }>({
    code: 'NRM2506',
    severity: 'error',
    title: 'a result with a size that nothing tells',
    message: (f) =>
      f.parameter === null
        ? `nothing tells the size \`${f.size}\` of what \`${f.name}\` gives`
        : `\`${f.size}\` is ${f.parameter}, not a number: it cannot tell a size of what \`${f.name}\` gives`,
    label: () => 'not known from what arrives',
    help: (f) =>
      didYouMean(f.nearest) ??
      (f.known.length === 0
        ? 'write a number, or name a size of what arrives: `float32[...S, C]`'
        : `known here: ${listed(quoted(f.known), 'and')}`),
  }),
  notAModule: defineDiagnostic<{ path: string; problem: string; help: string }>({
    code: 'NRM2507',
    severity: 'error',
    title: 'a layer of your own from something that is not a module of the project',
    message: (f) => `\`${f.path}\` ${f.problem}`,
    label: () => 'not the path of a module',
    help: (f) => f.help,
  }),
  misfit: defineDiagnostic<
    { op: string; expected: string; found: string; declared: string; why: string; help: string | null },
    'producer'
  >({
    code: 'NRM2508',
    severity: 'error',
    title: 'a value that a layer of your own is not declared for',
    message: (f) => `\`${f.op}\` expects ${f.expected}, found ${f.found}`,
    label: (f) => f.why,
    places: { producer: (f) => `this step produces ${f.found}` },
    help: (f) => f.help ?? `it is declared as \`${f.declared}\``,
  }),
  notASize: defineDiagnostic<
    { op: string; size: string; expected: string; found: string; known: string; help: string | null },
    'producer'
  >({
    code: 'NRM2509',
    severity: 'error',
    title: 'a size of a result that is no whole number from 1',
    message: (f) => `\`${f.op}\`: \`${f.size}\` of its result is ${f.expected}`,
    label: (f) => (f.known === '' ? 'not a size' : `with ${f.known}`),
    places: { producer: (f) => `this step produces ${f.found}` },
    help: (f) => f.help ?? 'sizes are whole: give it a value for which the declared arithmetic comes out',
  }),
  missing: defineDiagnostic<{ path: string; looked: string }>({
    code: 'NRM2510',
    severity: 'error',
    title: 'a layer of your own from a module that is not there',
    message: (f) => `there is no module \`${f.path}\``,
    label: (f) => `looked for ${f.looked}`,
    help: () => 'the path is read from the folder of this file; the module exports `forward` and `backward`',
  }),
  outside: defineDiagnostic<{ path: string }>({
    code: 'NRM2511',
    severity: 'error',
    title: 'a layer of your own from outside of the project',
    message: (f) => `\`${f.path}\` lies outside of the project's folder`,
    label: () => 'not looked at',
    help: () => 'move the module into the project',
  }),
  notAllowed: defineDiagnostic<{ modules: readonly string[]; what: string }>({
    code: 'NRM2512',
    severity: 'error',
    title: "code of a spec's own would run",
    message: (f) => `${f.what} would run code of its own: ${listed(f.modules, 'and')}; nothing was loaded`,
    label: () => 'its module would run',
    help: () => 'look at the code; if you trust it, add `--allow-extern`',
  }),
  twoOfOneName: defineDiagnostic<{ name: string }, 'first' | 'second'>({
    code: 'NRM2513',
    severity: 'error',
    title: 'a layer of your own and something else of one name in a network',
    message: (f) => `this network has two different layers or blocks named \`${f.name}\``,
    label: () => 'the second of them is used here',
    places: { first: () => 'one of that name', second: () => 'another of that name' },
    help: () => 'rename one of them: selectors and reports go by the name',
  }),
};
