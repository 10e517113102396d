/** `nrmc passes FILE[:NAME]`: what each pass did and refused, with layer and line; `--dump-after` prints the graphs. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { ProgramNotes } from '../../codegen/programs.ts';
import { files } from '../../diagnostics/catalog/files.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { printGraph } from '../../ir/text.ts';
import { pipeline } from '../../passes/pipeline.ts';
import { compileTarget, showRemarks } from '../compiled.ts';
import { allowImportOption, type ImportOptions } from '../options.ts';
import { type OverrideOptions, policyOption, setOption, withOverrides } from '../overrides.ts';
import { findTarget, readSpec, type Spec, splitTarget } from '../spec.ts';
import { Refused, say } from '../terminal.ts';

interface Options extends OverrideOptions, ImportOptions {
  readonly dumpAfter?: string;
}

export const passesCommand = (): Command =>
  new Command('passes')
    .description('what each optimization pass did and refused')
    .argument('<file>', 'FILE.nrm or FILE.nrm:NAME')
    .option('--dump-after <pass>', 'print the graphs after this pass, or after `all`')
    .addOption(allowImportOption())
    .addOption(policyOption('to compile with'))
    .addOption(setOption())
    .action((argument: string, options: Options) => {
      const { path, name } = splitTarget(argument);
      const wanted = options.dumpAfter;
      const known = [...new Set(Object.values(pipeline).flatMap((passes) => passes.map((p) => p.name)))];
      if (wanted !== undefined && wanted !== 'all' && !known.includes(wanted)) {
        throw new Refused([
          files.unknownPass.at(null, { name: wanted, found: known, nearest: nearest(wanted, known) }),
        ]);
      }
      const { spec, overrides } = withOverrides(readSpec(path, options.allowImport), options);
      const target = findTarget(spec, name);
      const dumps: string[] = [];
      const { compiled, diagnostics } = compileTarget(spec, target, overrides, {
        dump(program, pass, graph) {
          if (wanted === 'all' || (wanted !== undefined && wanted === pass)) {
            dumps.push(
              `// ${program}, ${pass === null ? 'as lowered' : `after ${pass}`}\n${printGraph(graph).trimEnd()}`,
            );
          }
        },
      });
      showRemarks(
        spec,
        diagnostics.filter((d) => d.severity !== 'remark'),
      );
      if (wanted !== undefined) return say(dumps.join('\n\n'));
      const places = new Map(compiled.model.layers.map((l) => [l.path, placeOf(spec, l.span)]));
      say(
        `${target.name.text}: network ${compiled.model.network}${compiled.model.policy === null ? '' : ` under policy ${compiled.model.policy}`}`,
      );
      let program = '';
      for (const notes of compiled.notes) {
        if (notes.program !== program) {
          program = notes.program;
          say(`\n${pc.bold(titles[notes.program])}`);
        }
        say(row(notes));
        for (const note of notes.rewrites)
          say(`      ${pc.green('did')}      ${place(note.layer, places)}${note.text}`);
        for (const note of notes.refused)
          say(`      ${pc.yellow('refused')}  ${place(note.layer, places)}${note.text}`);
      }
    });

const titles: Readonly<Record<ProgramNotes['program'], string>> = {
  model: 'model: the one graph that all programs come from',
  step: 'step: forward, backward, update',
  evaluate: 'evaluate: inference, unfolded',
  predict: 'predict: inference, folded',
  sample: 'sample: inference with dropout kept',
};

const row = ({ pass, rewrites, refused, nodes }: ProgramNotes): string => {
  const did =
    rewrites.length === 0 && refused.length === 0
      ? 'nothing to do'
      : `${rewrites.length} done${refused.length === 0 ? '' : `, ${refused.length} refused`}`;
  return `  ${pass.name.padEnd(18)} ${did.padEnd(22)} ${String(nodes.before).padStart(4)} → ${String(nodes.after).padEnd(4)} nodes   ${pc.dim(`preserves ${pass.preserves}`)}`;
};

/** `conv1 (net.nrm:4): `; a layer of an imported block stands in that file. */
const place = (layer: string, places: ReadonlyMap<string, string>): string => {
  if (layer === '') return '';
  const at = places.get(layer);
  return `${layer}${at === undefined ? '' : ` (${at})`}: `;
};

const placeOf = ({ sources }: Spec, { file, start }: Span): string =>
  `${file}:${(sources.get(file) ?? '').slice(0, start).split('\n').length}`;
