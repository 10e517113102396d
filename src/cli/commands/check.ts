/** `nrmc check FILE[:NAME]…`: everything that is wrong, in one go. */
import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import { toJson } from '../../diagnostics/render.ts';
import { checkSpec, policyOption, readSpec, splitTarget } from '../spec.ts';
import { Refused, say, showDiagnostics } from '../terminal.ts';

export const checkCommand = (): Command =>
  new Command('check')
    .description('say what is wrong in specs: syntax, names, shapes, settings')
    .argument('<file...>', 'FILE.nrm or FILE.nrm:NAME')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--policy <name>', 'the policy to check every network and train under')
    .action((paths: string[], { format, policy }: { format: string; policy?: string }) => {
      const sources = new Map<string, string>();
      const found: Diagnostic[] = [];
      for (const path of new Set(paths)) {
        try {
          const { path: file, name } = existsSync(path) ? { path, name: null } : splitTarget(path);
          const spec = readSpec(file);
          sources.set(file, spec.text);
          found.push(...spec.diagnostics, ...checkSpec(spec, name, policyOption(spec, policy)));
        } catch (error) {
          // A file that cannot be read is reported beside the others.
          if (!(error instanceof Refused)) throw error;
          found.push(...error.diagnostics);
        }
      }
      if (format === 'json')
        say(
          JSON.stringify(
            found.map((d) => toJson(d, (file) => sources.get(file))),
            null,
            2,
          ),
        );
      else if (!hasErrors(found)) {
        showDiagnostics(found, sources);
        const warnings = found.filter((d) => d.severity === 'warning').length;
        say(
          `${[...new Set(paths)].join(', ')}: fine${warnings === 0 ? '' : `, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}`,
        );
      }
      if (hasErrors(found)) throw new Refused(format === 'json' ? [] : found, sources);
    });
