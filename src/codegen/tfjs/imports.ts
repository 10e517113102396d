/** Imports of an emitted file: asking for a name is what records it, so that a file imports exactly what it uses. */
export class Imports {
  readonly #values = new Map<string, Set<string>>();
  readonly #types = new Map<string, Set<string>>();

  value(from: string, name: string): string {
    return add(this.#values, from, name);
  }

  type(from: string, name: string): string {
    return add(this.#types, from, name);
  }

  /** Of `nrmc/runtime`. */
  runtime(name: string): string {
    return this.value(runtime, name);
  }

  /** A type of tfjs-core. */
  tfjs(name: string): string {
    return this.type(tfjs, name);
  }

  /** In the order they are printed: by module, then by name. */
  list(): readonly { readonly from: string; readonly names: readonly string[]; readonly typeOnly: boolean }[] {
    const rows = [
      ...[...this.#types].map(([from, names]) => ({ from, names: [...names].sort(), typeOnly: true })),
      ...[...this.#values].map(([from, names]) => ({ from, names: [...names].sort(), typeOnly: false })),
    ];
    return rows.sort((a, b) =>
      a.from === b.from ? Number(b.typeOnly) - Number(a.typeOnly) : a.from < b.from ? -1 : 1,
    );
  }
}

const runtime = 'nrmc/runtime';
const tfjs = '@tensorflow/tfjs-core';

const add = (into: Map<string, Set<string>>, from: string, name: string): string => {
  const names = into.get(from) ?? new Set<string>();
  into.set(from, names.add(name));
  return name;
};
