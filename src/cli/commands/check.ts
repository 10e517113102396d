/** `nrmc check FILE[:NAME]…`: everything that is wrong, in one go; `--fix` repairs what is certain. */
import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { toJson } from '../../diagnostics/json.ts';
import { toSarif } from '../../diagnostics/sarif.ts';
import type { GradientCase } from '../../runtime/node/gradients.ts';
import { type AllowOptions, allowExternOption, refuseModules } from '../allow-extern.ts';
import { type FixedFile, fixFile, listOfFixes, otherFilesToFix, patchOf, writeFixed } from '../fix.ts';
import { checkGradients, gradientCases } from '../gradients.ts';
import { allowImportOption, type ImportOptions } from '../options.ts';
import { type OverrideOptions, policyOption, setOption, withOverrides } from '../overrides.ts';
import { checkSpec, readSpec, type Spec, specOf, splitTarget } from '../spec.ts';
import { Refused, say, showDiagnostics, showNote } from '../terminal.ts';
import { version } from '../version.ts';

interface Options extends OverrideOptions, AllowOptions, ImportOptions {
  readonly gradients?: true;
  readonly format: 'text' | 'json' | 'sarif';
  readonly fix?: true;
  readonly dryRun?: true;
  readonly denyWarnings?: true;
}

export const checkCommand = (): Command =>
  new Command('check')
    .description('say what is wrong in specs: syntax, names, shapes, settings')
    .argument('<file...>', 'FILE.nrm or FILE.nrm:NAME')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .option('--fix', 'repair what is certain, and say what remains')
    .option('--dry-run', 'with --fix: print the change and write nothing')
    .option('--deny-warnings', 'exit 1 on warnings too')
    .option('--gradients', "compare `backward` with `forward` in the spec's own layers; runs them")
    .addOption(allowExternOption())
    .addOption(allowImportOption())
    .addOption(policyOption('to check every network and train under'))
    .addOption(setOption())
    .action(check);

async function check(this: Command, paths: readonly string[], options: Options): Promise<void> {
  if (options.dryRun === true && options.fix !== true)
    this.error('error: --dry-run says what --fix would do; give both', { exitCode: 2 });
  const cases: GradientCase[] = [];
  const sources = new Map<string, string>();
  const found = new Map<string, Diagnostic>();
  const add = (diagnostics: readonly Diagnostic[]): void => {
    // Files of one project or with common imports say the same of these.
    for (const d of diagnostics) found.set(JSON.stringify([d.code, d.message, d.labels]), d);
  };
  for (const path of new Set(paths)) {
    try {
      const { path: file, name } = existsSync(path) ? { path, name: null } : splitTarget(path);
      const diagnose = (spec: Spec): readonly Diagnostic[] => {
        const { spec: known, overrides } = withOverrides(spec, options);
        for (const [at, text] of known.sources) sources.set(at, text);
        return [...known.diagnostics, ...checkSpec(known, name, overrides)];
      };
      const spec = readSpec(file, options.allowImport);
      if (options.gradients === true) cases.push(...gradientCases(spec, name));
      if (options.fix !== true) add(diagnose(spec));
      else {
        const fixed = fixFile(file, spec.text, (text) => diagnose(specOf(file, text, options.allowImport)));
        if (options.dryRun !== true) writeFixed(fixed);
        sources.set(file, fixed.after);
        add(fixed.remaining);
        showFixed(fixed, options);
        for (const other of otherFilesToFix(fixed))
          if (!paths.includes(other)) showNote(`${other} has something to fix too: nrmc check --fix ${other}`);
      }
    } catch (error) {
      // A file that cannot be read is reported beside the others.
      if (!(error instanceof Refused)) throw error;
      add(error.diagnostics);
      for (const [at, text] of error.sources) sources.set(at, text);
    }
  }
  const all = [...found.values()];
  const warnings = all.filter((d) => d.severity === 'warning').length;
  const wrong = all.some((d) => d.severity === 'error') || (options.denyWarnings === true && warnings > 0);
  if (options.format === 'json')
    say(
      JSON.stringify(
        all.map((d) => toJson(d, (file) => sources.get(file))),
        null,
        2,
      ),
    );
  else if (options.format === 'sarif')
    say(
      JSON.stringify(
        toSarif(all, (file) => sources.get(file), version()),
        null,
        2,
      ),
    );
  else if (!wrong) {
    showDiagnostics(all, sources);
    const tail = warnings === 0 ? '' : `, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
    if (options.dryRun !== true) say(`${[...new Set(paths)].join(', ')}: fine${tail}`);
  }
  if (wrong) throw new Refused(options.format === 'text' ? all : [], sources);
  if (cases.length === 0) return;
  const modules = cases.map((c) => c.module);
  refuseModules(modules, options, 'checking gradients');
  await checkGradients(cases);
}

/** The list is for people; where the output is for programs it stands beside it. */
function showFixed(fixed: FixedFile, { dryRun, format }: Options): void {
  if (dryRun !== true) for (const line of listOfFixes(fixed)) (format === 'text' ? say : showNote)(line);
  else if (format === 'text' && fixed.before !== fixed.after) say(patchOf(fixed).trimEnd());
}
