/**
 * The places of the grammar where reading can fail, taken from the parser itself, against the messages in src/parser/sites/.
 * `node scripts/sites.ts` lists them and fails when a place has no message or a message no place; the build and a test do the same.
 *
 * A site is a token, a choice or an at-least-one of a rule: `setting/Colon`, `primary/choice`, `selector/some`. Two more stand for
 * commas: `list/separator` (one is missing) and `list/item` (there is one, and nothing before it). A site of a rule that several
 * others share may have a message for each of them: `repeat>primary/choice`.
 */
import process from 'node:process';
import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  type Rule,
  Terminal,
} from 'chevrotain';
import { createMachine } from '../src/parser/machine.ts';
import { certain } from '../src/parser/sites/certain.ts';
import { frame, messages, separators, throughRules } from '../src/parser/sites/index.ts';

/**
 * What is known when the parser comes to a place. `checked`: it looked ahead, and the token that stands there is one that fits.
 * `first`: nothing was read in the rule yet, so it is known if whoever called the rule looked. `later`: nothing is known.
 */
type Known = 'checked' | 'first' | 'later';

interface Place {
  readonly kind: string;
  readonly known: Known;
}
interface Call {
  readonly from: string;
  readonly to: string;
  /** 0, or 1 for the second time that the rule calls it. */
  readonly occurrence: number;
  readonly known: Known;
}

export interface Site {
  /** `setting/Colon` */
  readonly key: string;
  /** The rules that say what is written there, of those that can fail; none when the site never does. */
  readonly contexts: readonly string[];
}

function walk(rule: Rule): { readonly places: readonly Place[]; readonly calls: readonly Call[] } {
  const places: Place[] = [];
  const calls: Call[] = [];
  const sequence = (list: readonly IProduction[], known: Known): void => {
    for (const [index, production] of list.entries()) visit(production, index === 0 ? known : 'later');
  };
  const visit = (production: IProduction, known: Known): void => {
    if (production instanceof Terminal) places.push({ kind: production.terminalType.name, known });
    else if (production instanceof NonTerminal)
      calls.push({ from: rule.name, to: production.nonTerminalName, occurrence: production.idx, known });
    else if (production instanceof Option) sequence(production.definition, 'checked');
    else if (production instanceof Repetition) {
      const [head] = production.definition;
      if (head instanceof Terminal && head.terminalType.name === 'Comma')
        places.push({ kind: 'separator', known: 'later' }, { kind: 'item', known: 'later' });
      sequence(production.definition, 'checked');
    } else if (production instanceof RepetitionMandatory) {
      places.push({ kind: 'some', known });
      sequence(production.definition, 'checked');
    } else if (production instanceof Alternation) {
      places.push({ kind: 'choice', known });
      for (const alternative of production.definition) visit(alternative, 'checked');
    } else if (production instanceof Alternative) sequence(production.definition, known);
    else throw new Error(`nothing is known of ${production.constructor.name}`);
  };
  sequence(rule.definition, 'first');
  return { places, calls };
}

/** Every place of the grammar, with the contexts in which the token there is not yet known to fit; without any it cannot fail. */
export function sitesOf(rules: Readonly<Record<string, Rule>>): readonly Site[] {
  const walked = new Map(Object.values(rules).map((rule) => [rule.name, walk(rule)]));
  const callers = new Map<string, Call[]>();
  for (const { calls } of walked.values())
    for (const call of calls) callers.set(call.to, [...(callers.get(call.to) ?? []), call]);
  const through = new Set<string>(throughRules);

  /** Is the rule entered somewhere without a look at its first token? */
  const isOpen = (rule: string, seen: ReadonlySet<string> = new Set()): boolean =>
    !seen.has(rule) &&
    (callers.get(rule) ?? []).some(
      ({ from, known }) => known === 'later' || (known === 'first' && isOpen(from, new Set([...seen, rule]))),
    );

  /** The rules from which `rule` is reached; with `first`, only where its first token is not known. */
  const contextsOf = (rule: string, first: boolean, seen: ReadonlySet<string> = new Set()): readonly string[] =>
    seen.has(rule)
      ? []
      : (callers.get(rule) ?? []).flatMap(({ from, occurrence, known }) => {
          if (first && known === 'checked') return [];
          const stillFirst = first && known === 'first';
          if (through.has(from) && occurrence > 0) return [frame(from, occurrence)];
          if (through.has(from)) return contextsOf(from, stillFirst, new Set([...seen, rule]));
          return !stillFirst || isOpen(from) ? [from] : [];
        });

  const sites = [...walked].flatMap(([rule, { places }]) => {
    const byKind = new Map<string, Set<string>>();
    for (const { kind, known } of places) {
      const contexts = byKind.get(kind) ?? new Set<string>();
      byKind.set(kind, contexts);
      if (known !== 'checked') for (const context of contextsOf(rule, known === 'first')) contexts.add(context);
    }
    return [...byKind].map(([kind, contexts]) => ({ key: `${rule}/${kind}`, contexts: [...contexts].sort() }));
  });
  // A declaration is read by itself, up to where the next one begins.
  return [...sites, { key: 'declaration/end', contexts: ['file'] }];
}

export interface Coverage {
  /** Key with context → `message`, `certain` or `proven`. */
  readonly sites: readonly { readonly key: string; readonly by: string }[];
  readonly faults: readonly string[];
}

const own = (table: Readonly<Record<string, unknown>>, key: string): boolean => Object.hasOwn(table, key);

/** Are there a message for each site that can fail, and a site for each message? */
export function coverage(
  sites: readonly Site[],
  tables: {
    readonly messages: Readonly<Record<string, unknown>>;
    readonly certain: Readonly<Record<string, unknown>>;
    readonly separators: Readonly<Record<string, unknown>>;
  },
): Coverage {
  const result: { key: string; by: string }[] = [];
  const faults: string[] = [];
  const used = new Set<string>();
  const commas = Object.keys(tables.separators).flatMap((rule) => [`${rule}/separator`, `${rule}/item`]);
  const worded = { ...tables.messages, ...Object.fromEntries(commas.map((key) => [key, true])) };
  for (const { key, contexts } of sites) {
    if (contexts.length === 0) result.push({ key, by: 'proven' });
    for (const context of contexts) {
      const exact = `${context}>${key}`;
      const found = [exact, key].filter((k) => own(worded, k) || own(tables.certain, k));
      const [first] = found;
      if (first === undefined) {
        faults.push(
          `${exact} has no message: put one in src/parser/sites/, under \`${exact}\` or, for all rules that share it, \`${key}\``,
        );
        continue;
      }
      used.add(first);
      result.push({ key: exact, by: own(worded, first) ? `message ${first}` : `certain: ${tables.certain[first]}` });
    }
  }
  for (const key of Object.keys(tables.certain))
    if (own(worded, key)) faults.push(`${key} has a message, and is said to be certain`);
  for (const key of [...Object.keys(worded), ...Object.keys(tables.certain)])
    if (!used.has(key)) faults.push(`${key} is in src/parser/sites/, but the grammar has no such site that can fail`);
  return { sites: result, faults };
}

export const siteCoverage = (): Coverage =>
  coverage(sitesOf(createMachine().parser.getGAstProductions()), { messages, certain, separators });

if (process.argv[1] === import.meta.filename) {
  const { sites, faults } = siteCoverage();
  for (const { key, by } of sites) console.log(`${key.padEnd(44)} ${by}`);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
