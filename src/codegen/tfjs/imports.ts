/** Imports of an emitted file: asking for a name is what records it, so that a file imports exactly what it uses. */
export class Imports {
  readonly #values = new Map<string, Set<string>>();
  readonly #types = new Map<string, Set<string>>();
  readonly #modules = new Map<string, { readonly from: string; readonly name: string }>();

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

  /** A whole module, by a name that is free and that no other module has; the same at every call. */
  module(from: string, base: string, isFree: (name: string) => boolean = () => true): string {
    const key = `${from} ${base}`;
    const known = this.#modules.get(key);
    if (known !== undefined) return known.name;
    const others = new Set([...this.#modules.values()].map((m) => m.name));
    const names = [base, `${base}Layer`];
    for (let i = 2; names.length < this.#modules.size + 3; i++) names.push(`${base}Layer_${i}`);
    const name = names.find((n) => isFree(n) && !others.has(n)) ?? base;
    this.#modules.set(key, { from, name });
    return name;
  }

  /** Whole modules, by path and name. */
  modules(): readonly { readonly from: string; readonly name: string }[] {
    return [...this.#modules.values()].sort((a, b) => (`${a.from} ${a.name}` < `${b.from} ${b.name}` ? -1 : 1));
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
