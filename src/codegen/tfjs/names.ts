/** Variable names of an emitted function: refs of the graph, made identifiers, unique, and clear of everything imported. */
import type { Ref } from '../../ir/graph.ts';

/** Words that cannot be variable names in a module, and globals that a reader would trip over. */
export const reserved: ReadonlySet<string> = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in
  instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield
  arguments eval undefined NaN Infinity Object Array Number String Symbol Promise globalThis async of`.split(/\s+/),
);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `d.stem.conv1.kernel` → `dStemConv1Kernel`, `Residual1.global_avgpool1` → `residual1GlobalAvgpool1`; underscores at the front stay. */
export function camel(path: string): string {
  const words = (part: string): string =>
    part.replace(/(?<=[A-Za-z0-9])_+([A-Za-z])/g, (_, letter: string) => capital(letter));
  const [first = '', ...rest] = path.split('.').map(words);
  return [rest.length === 0 ? first : first.charAt(0).toLowerCase() + first.slice(1), ...rest.map(capital)].join('');
}

export class Names {
  readonly #taken: Set<string>;
  readonly #byRef = new Map<Ref, string>();

  /** `taken`: what the module imports and declares, and the function's own parameters. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set([...reserved, ...taken]);
  }

  /** The variable that holds a value; the same at every call. `base`: what the first call would have it called. */
  of(ref: Ref, base: string = camel(ref.slice(1))): string {
    const known = this.#byRef.get(ref);
    if (known !== undefined) return known;
    let name = base;
    for (let i = 2; this.#taken.has(name); i++) name = `${base}_${i}`;
    this.#taken.add(name);
    this.#byRef.set(ref, name);
    return name;
  }

  /** Binds a ref to a name that is already declared, such as a parameter's property path. */
  bind(ref: Ref, expression: string): void {
    this.#byRef.set(ref, expression);
  }
}
