// Writes grammar/: the published grammar, generated from the tokens and the parser. `node scripts/grammar.ts`; a test compares.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
  type TokenType,
} from 'chevrotain';
import { sections, slots, weightNames } from '../src/check/words.ts';
import { createMachine } from '../src/parser/machine.ts';
import { binding, prefixBinding } from '../src/parser/precedence.ts';
import * as t from '../src/parser/tokens.ts';
import { type Part, railroadPage } from './railroad.ts';
import { textMate } from './textmate.ts';
import { root } from './tools.ts';

const wordOf = (type: TokenType): string => String(type.PATTERN);
const wordsIn = (category: TokenType): string[] =>
  t.allTokens.filter((type) => type.CATEGORIES?.includes(category)).map(wordOf);

/** Tokens that are not one fixed text, as they are written in the grammar. */
const classes: Readonly<Record<string, { readonly text: string; readonly about: string }>> = {
  Identifier: { text: '[A-Za-z_] [A-Za-z0-9_]*', about: 'but none of the reserved words, and not beginning with __' },
  AnyName: {
    text: `Identifier | ${t.reservedWords.map((type) => `'${wordOf(type)}'`).join(' | ')}`,
    about: 'the reserved words are free here',
  },
  JoinKind: {
    text: wordsIn(t.JoinKind)
      .map((word) => `'${word}'`)
      .join(' | '),
    about: '',
  },
  BinaryOperator: {
    text: wordsIn(t.BinaryOperator)
      .map((word) => `'${word}'`)
      .join(' | '),
    about: `from loose to tight: ${precedence()}; all group to the left`,
  },
  Number: { text: "[0-9]+ ('.' [0-9]+)? ([eE] [+-]? [0-9]+)? '%'?", about: '' },
  String: {
    text: `'"' ([^"\\\\] | '\\"' | '\\\\' | '\\n' | '\\t' | '\\u{' [0-9a-fA-F]+ '}')* '"'`,
    about: 'on one line',
  },
};

function precedence(): string {
  const levels = new Map<number, string[]>();
  for (const [word, level] of [
    ...Object.entries(binding),
    ...Object.entries(prefixBinding).map(([w, l]): [string, number] => [`${w} (prefix)`, l]),
  ]) {
    levels.set(level, [...(levels.get(level) ?? []), word]);
  }
  return [...levels]
    .sort(([a], [b]) => a - b)
    .map(([, words]) => words.join(' '))
    .join(', ');
}

/** Chevrotain's recorded grammar as plain data. */
function partOf(production: IProduction): Part {
  if (production instanceof Terminal) {
    const { name } = production.terminalType;
    return Object.hasOwn(classes, name)
      ? { kind: 'reference', name }
      : { kind: 'word', text: wordOf(production.terminalType) };
  }
  if (production instanceof NonTerminal) return { kind: 'reference', name: production.nonTerminalName };
  if (production instanceof Option) return { kind: 'optional', part: sequence(production.definition) };
  if (production instanceof Repetition)
    return { kind: 'optional', part: { kind: 'repeated', part: sequence(production.definition) } };
  if (production instanceof RepetitionMandatory) return { kind: 'repeated', part: sequence(production.definition) };
  if (production instanceof Alternation) return { kind: 'choice', parts: production.definition.map(partOf) };
  if (production instanceof Alternative) return sequence(production.definition);
  throw new Error(`nothing is known of ${production.constructor.name}`);
}

const sequence = (list: readonly IProduction[]): Part => {
  const [only, ...more] = list;
  return only !== undefined && more.length === 0 ? partOf(only) : { kind: 'sequence', parts: list.map(partOf) };
};

/** The rules in the order in which a reader meets them. */
function rulesOf(): readonly { readonly name: string; readonly part: Part }[] {
  const all: Readonly<Record<string, Rule>> = createMachine().parser.getGAstProductions();
  const order: string[] = [];
  const visit = (name: string): void => {
    const rule = all[name];
    if (rule === undefined || order.includes(name)) return;
    order.push(name);
    for (const next of referencesIn(sequence(rule.definition))) visit(next);
  };
  visit('file');
  return order.flatMap((name) => {
    const rule = all[name];
    return rule === undefined ? [] : [{ name, part: sequence(rule.definition) }];
  });
}

function referencesIn(part: Part): readonly string[] {
  switch (part.kind) {
    case 'word':
      return [];
    case 'reference':
      return [part.name];
    case 'sequence':
    case 'choice':
      return part.parts.flatMap(referencesIn);
    default:
      return referencesIn(part.part);
  }
}

/** In the notation of the XML specification: `?`, `*`, `+`, `|`, parentheses. */
function ebnf(part: Part, inner = false): string {
  const grouped = (p: Part): string => {
    const text = ebnf(p, true);
    return p.kind === 'word' || p.kind === 'reference' || text.startsWith('(') ? text : `(${text})`;
  };
  switch (part.kind) {
    case 'word':
      return `'${part.text}'`;
    case 'reference':
      return part.name;
    case 'optional':
      return part.part.kind === 'repeated' ? `${grouped(part.part.part)}*` : `${grouped(part.part)}?`;
    case 'repeated':
      return `${grouped(part.part)}+`;
    case 'sequence':
      return part.parts.map((p) => ebnf(p, true)).join(' ');
    case 'choice': {
      const text = part.parts.map((p) => ebnf(p, true)).join(' | ');
      return inner ? `(${text})` : text;
    }
  }
}

/** As the project's formatter has it: a list of words on one line when it fits. */
function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(
    /^(.*)\[((?:\n\s+"[^"\n]*",?)+)\n\s*\]/gm,
    (whole, head: string, items: string) => {
      const line = `${head}[${items.trim().replace(/\n\s+/g, ' ')}]`;
      return line.length <= 119 ? line : whole;
    },
  );
  return `${text}\n`;
}

/** The files of grammar/ by name. */
export function generate(): ReadonlyMap<string, string> {
  const rules = rulesOf();
  const width = Math.max(...rules.map((rule) => rule.name.length));
  const line = (name: string, text: string): string => `${name.padEnd(width)} ::= ${text}`;
  const names = (types: readonly TokenType[]): string[] => types.map(wordOf);
  const keywords = {
    declarations: names(t.declarationWords),
    reserved: names(t.reservedWords),
    contextual: names(t.contextualWords),
    joins: wordsIn(t.JoinKind),
    slots: [...slots],
  };
  return new Map([
    [
      'nrm.ebnf',
      [
        '/* The grammar of .nrm, edition 1. Generated by scripts/grammar.ts from src/parser; do not edit.',
        '   White space separates words and means nothing else. `//` begins a comment, `///` documentation of a declaration. */',
        '',
        ...rules.map((rule) => line(rule.name, ebnf(rule.part))),
        '',
        ...Object.entries(classes).map(
          ([name, { text, about }]) => `${line(name, text)}${about === '' ? '' : `   /* ${about} */`}`,
        ),
        '',
      ].join('\n'),
    ],
    [
      'railroad.html',
      railroadPage(
        rules,
        Object.entries(classes).map(([name, { text, about }]) => ({ name, text, about })),
      ),
    ],
    [
      'nrm.tmLanguage.json',
      json(
        textMate({
          ...keywords,
          operators: wordsIn(t.BinaryOperator),
          number: t.NumberLiteral.PATTERN instanceof RegExp ? t.NumberLiteral.PATTERN.source : '',
          sections,
          weightNames,
        }),
      ),
    ],
    ['keywords.json', json(keywords)],
  ]);
}

if (process.argv[1] === import.meta.filename) {
  const folder = path.join(root, 'grammar');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of generate()) writeFileSync(path.join(folder, name), text);
}
