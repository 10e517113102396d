/** `nrmc explain FILE[:NAME] [TARGET]`: what is in force and why. `nrmc explain CODE`: the page of an error. */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { Command } from 'commander';
import { explain, targetFile } from '../../check/explain/index.ts';
import { checkNetwork, checkTrain } from '../../check/index.ts';
import { type ReferenceEntry, type ReferenceSection, reference } from '../../check/reference.ts';
import { files } from '../../diagnostics/catalog/files.ts';
import { catalog } from '../../diagnostics/catalog/index.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { runtimeErrors } from '../../runtime/errors.ts';
import { renderExplanation } from '../explanation.ts';
import { allowImportOption, type ImportOptions } from '../options.ts';
import { type OverrideOptions, policyOption, setOption, withOverrides } from '../overrides.ts';
import { accept, findTarget, readSpec, type Spec, splitTarget, type Target } from '../spec.ts';
import { Refused, say, useColor, useUnicode } from '../terminal.ts';

interface Options extends OverrideOptions, ImportOptions {
  readonly json?: true;
}

export const explainCommand = (): Command =>
  new Command('explain')
    .description('what a policy makes of a layer or weight, and why; a word of the language; the page of an error code')
    .argument('<what>', 'FILE.nrm or FILE.nrm:NAME; a word such as batch; or a code: NRM and four digits')
    .argument('[target]', 'a layer, weight, input, stage, network, policy, data, train, `gradient`, or a selector')
    .option('--json', 'print JSON')
    .addOption(allowImportOption())
    .addOption(policyOption('to explain it under'))
    .addOption(setOption())
    .action((what: string, target: string | undefined, options: Options) => {
      if (target === undefined && !isFile(what)) return explainWord(what);
      explainTarget(what, target ?? '', options);
    });

const isFile = (what: string): boolean => /\.nrm(:\w+)?$/.test(what) || existsSync(splitTarget(what).path);

/** A word of the language, or a code. */
function explainWord(given: string): void {
  const found = reference().flatMap((s) => s.entries.flatMap((e) => (e.name === given ? [entryText(s, e)] : [])));
  if (found.length > 0) say(found.join('\n\n'));
  else explainCode(given);
}

const entryText = (section: ReferenceSection, { name, doc, arguments: args }: ReferenceEntry): string => {
  const width = Math.max(0, ...args.map((a) => a.name.length));
  const lines = args.map((a) => {
    const value = a.default === null ? (a.required ? 'must be given' : 'none') : a.default;
    return `  ${a.name.padEnd(width)}  ${value}   ${a.doc === '' ? a.accepts : `${a.doc} (${a.accepts})`}`;
  });
  return [`${name}: ${doc}`, `written in ${section.where.replaceAll('`', '')}`, ...lines].join('\n');
};

function explainCode(given: string): void {
  const code = given.toUpperCase();
  const codes = [...Object.keys(catalog), ...Object.values(runtimeErrors).map((e) => e.code)];
  if (!codes.includes(code))
    throw new Refused([
      files.unknownCode.at(null, { code: given, nearest: nearest(code, codes) ?? nearest(given, words()) }),
    ]);
  say(readFileSync(new URL(`../../../docs/errors/${code}.md`, import.meta.url), 'utf8').trimEnd());
}

const words = (): readonly string[] => reference().flatMap((s) => s.entries.map((e) => e.name));

function explainTarget(argument: string, target: string, options: Options): void {
  const { path, name } = splitTarget(argument);
  const { spec, overrides } = withOverrides(readSpec(path, options.allowImport), options);
  const declaration = declarationOf(spec, name, target);
  const checked =
    declaration.kind === 'train'
      ? checkTrain(spec.program, declaration.name.text, overrides)
      : checkNetwork(spec.program, declaration.name.text, overrides);
  const diagnostics = accept(spec, checked.diagnostics);
  const train = 'train' in checked ? checked.train : null;
  const built = 'train' in checked ? (checked.train?.origin ?? null) : checked.built;
  if (built === null) throw new Refused(diagnostics, spec.sources);
  const found: Diagnostic[] = [];
  const explanation = explain(target, { built, train }, (d) => found.push(d));
  const sources = new Map([...spec.sources, [targetFile, target]]);
  if (explanation === null) throw new Refused(found, sources);
  const { columns } = process.stdout;
  const text = (): string =>
    renderExplanation(explanation, {
      color: useColor(process.stdout),
      unicode: useUnicode(),
      ...(columns === undefined ? {} : { width: columns }),
      sources: (file) => sources.get(file),
    });
  say(options.json === true ? JSON.stringify(explanation, null, 2) : text());
}

/** The named one; else what the target begins with; a network that only one train is about is explained as it is trained. */
function declarationOf(spec: Spec, name: string | null, target: string): Target {
  if (name !== null) return findTarget(spec, name);
  const { declarations } = spec.tree;
  const [head = ''] = target.split('.');
  const named = declarations.find((d) => (d.kind === 'network' || d.kind === 'train') && d.name.text === head);
  if (named === undefined) return findTarget(spec, null);
  const trains = declarations.flatMap((d) => (d.kind === 'train' ? [d] : []));
  const [only, ...more] = trains;
  const about = only?.settings.find((s) => s.key.text === 'network')?.value;
  const its = about?.kind === 'name' ? about.name : about?.kind === 'call' ? about.name.text : null;
  if (only !== undefined && more.length === 0 && its === head) return only;
  return findTarget(spec, head);
}
