/** Names of places: labels and the rules for them, automatic names, no name twice. */
import { names } from '../diagnostics/catalog/names.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { layers } from '../ir/ops/index.ts';
import type { Name } from '../parser/tree.ts';
import { entryOf } from './bind.ts';
import type { Scope } from './scope.ts';
import { isUnsupported } from './unsupported.ts';
import { includes, isSlot, reserved, sections, selectorWords, weightNames } from './words.ts';

/** Why a word cannot be a label; null when it can. */
export function takenBy(word: string, scope: Scope): string | null {
  if (isSlot(word)) return 'a slot';
  if (includes(selectorWords, word)) return 'a word of selectors';
  if (includes(sections, word)) return 'a section of policies';
  if (includes(reserved, word)) return 'a reserved word';
  if (entryOf(layers, word)?.use === 'step' || isUnsupported('layer', word)) return 'a layer';
  if (scope.blocks.has(word)) return 'a block';
  if (scope.externs.has(word)) return 'a layer of your own';
  if (includes(weightNames, word)) return 'the name of a weight';
  return null;
}

/** What a place is called. */
export interface Named {
  readonly name: string;
  readonly label: string | null;
  readonly path: string;
}

/** The names within one stage or block, or at the top of a network. */
export class Names {
  readonly prefix: string;
  readonly #report: Report;
  readonly #counts = new Map<string, number>();
  readonly #taken = new Map<string, { readonly span: Span; readonly what: string }>();

  constructor(path: string, report: Report) {
    this.prefix = path === '' ? '' : `${path}.`;
    this.#report = report;
  }

  /**
   * The name of the next step of that word. Every step counts, labelled or not, filled or not: neither a label nor a policy
   * renames its neighbours. In a loop (`rounds`) a label gets the number of the round.
   */
  step(word: string, label: Name | null, span: Span, scope: Scope, rounds: boolean): Named {
    const count = this.#count(word);
    if (label !== null) return this.label(label, scope, rounds);
    const name = this.take(`${word}${count}`, span, 'steps', true);
    return { name, label: null, path: this.path(name) };
  }

  label(label: Name, scope: Scope, rounds: boolean): Named {
    const why = takenBy(label.text, scope);
    if (why !== null) this.#report(names.labelTaken.at(label.span, { label: label.text, why }));
    const name = rounds ? `${label.text}${this.#count(`${label.text}:`)}` : label.text;
    this.take(name, label.span, 'steps', false);
    return { name, label: label.text, path: this.path(name) };
  }

  #count(word: string): number {
    const count = (this.#counts.get(word) ?? 0) + 1;
    this.#counts.set(word, count);
    return count;
  }

  take(name: string, span: Span, what: string, automatic: boolean): string {
    if (name === '') return name; // missing, and reported by the parser
    const first = this.#taken.get(name);
    if (first === undefined) this.#taken.set(name, { span, what });
    else {
      const both = first.what === what ? what : `${first.what} and ${what}`;
      this.#report(
        names.duplicateName.at(
          span,
          { path: this.path(name), what: both, automatic },
          { places: { first: first.span } },
        ),
      );
    }
    return name;
  }

  path(name: string): string {
    return `${this.prefix}${name}`;
  }
}
