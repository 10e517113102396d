/** `nrmc build FILE --out DIR [--check]`: the generated code of every train, and of every network without one. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { files } from '../../diagnostics/catalog/files.ts';
import { relocated } from '../../runtime/node/externs.ts';
import { writeWhole } from '../../runtime/node/files.ts';
import { compileTarget, showRemarks } from '../compiled.ts';
import { isModuleFolder } from '../module-folder.ts';
import { allowImportOption, type ImportOptions } from '../options.ts';
import { type OverrideOptions, overrideArguments, policyOption, setOption, withOverrides } from '../overrides.ts';
import { findTarget, readSpec, type Spec, splitTarget, type Target } from '../spec.ts';
import { Refused, say, showNote } from '../terminal.ts';
import { version } from '../version.ts';

interface Options extends OverrideOptions, ImportOptions {
  readonly out: string;
  readonly check?: true;
  readonly sampling?: true;
  readonly inspect?: true;
}

export const buildCommand = (): Command =>
  new Command('build')
    .description('write the generated TensorFlow.js code of a spec')
    .argument('<file>', 'FILE.nrm or FILE.nrm:NAME')
    .requiredOption('--out <folder>', 'where to write')
    .option('--sampling', 'also emit `sample`, one draw of Monte Carlo prediction: inference with dropout kept')
    .option('--inspect', 'also emit `probe`, with which training can be looked into: `node NAME.train.ts --inspect`')
    .option('--check', 'write nothing; fail when what is there is not what the spec says now')
    .addOption(allowImportOption())
    .addOption(policyOption('to build with'))
    .addOption(setOption())
    .action(build);

async function build(argument: string, options: Options): Promise<void> {
  const { path: file, name } = splitTarget(argument);
  const { spec, overrides } = withOverrides(readSpec(file, options.allowImport), options);
  const targets = name === null ? everyTarget(spec) : [findTarget(spec, name)];
  // ts-morph takes a while to load; commands that do not emit do without it.
  const { emit } = await import('../../codegen/tfjs/index.ts');
  const emitted = targets.flatMap((target) => {
    const { compiled, resolved, diagnostics } = compileTarget(spec, target, overrides, {
      sampling: options.sampling === true,
      probing: options.inspect === true,
    });
    showRemarks(spec, diagnostics);
    return emit(compiled, { source: path.basename(file), version: version(), spec: resolved }).map((f) => ({
      ...f,
      target: target.name.text,
    }));
  });
  refuseSameName(emitted);
  const written = relocated(emitted, path.dirname(file), options.out).map((f) => ({
    ...f,
    path: path.join(options.out, f.path),
  }));
  if (options.check === true) {
    const stale = written
      .filter((f) => !existsSync(f.path) || readFileSync(f.path, 'utf8') !== f.text)
      .map((f) => f.path);
    const again = [
      'nrmc build',
      argument,
      '--out',
      options.out,
      ...(options.sampling === true ? ['--sampling'] : []),
      ...(options.inspect === true ? ['--inspect'] : []),
      ...overrideArguments(options),
    ].join(' ');
    if (stale.length > 0) throw new Refused([files.stale.at(null, { paths: stale, command: again })]);
    say(`${written.map((f) => f.path).join(', ')}: up to date`);
    return;
  }
  const foreign = written.filter(
    (f) => existsSync(f.path) && !readFileSync(f.path, 'utf8').slice(0, 1000).includes('Emitted by nrmc'),
  );
  if (foreign.length > 0) throw new Refused(foreign.map((f) => files.foreignFile.at(null, { path: f.path })));
  for (const f of written) writeWhole(f.path, f.text);
  if (!isModuleFolder(options.out)) {
    const manifest = path.join(options.out, 'package.json');
    writeWhole(manifest, '{ "type": "module" }\n');
    showNote(`${manifest}: emitted code is ECMAScript modules, and the package around it is not`);
  }
  say(written.map((f) => f.path).join('\n'));
}

/** Every train, and every network that no train is about. */
function everyTarget(spec: Spec): readonly Target[] {
  const { declarations } = spec.tree;
  const trains = declarations.filter((d) => d.kind === 'train');
  const trained = new Set(
    trains.flatMap((t) =>
      t.settings.flatMap(({ key, value }) =>
        key.text !== 'network'
          ? []
          : value.kind === 'name'
            ? [value.name]
            : value.kind === 'call'
              ? [value.name.text]
              : [],
      ),
    ),
  );
  const targets = [...trains, ...declarations.filter((d) => d.kind === 'network' && !trained.has(d.name.text))];
  if (targets.length === 0) findTarget(spec, null);
  return targets.filter((d) => d.kind === 'train' || d.kind === 'network');
}

function refuseSameName(emitted: readonly { readonly path: string; readonly target: string }[]): void {
  const seen = new Map<string, string>();
  for (const { path: at, target } of emitted) {
    const key = at.toLowerCase();
    const other = seen.get(key);
    if (other !== undefined) throw new Refused([files.sameName.at(null, { path: at, names: [other, target] })]);
    seen.set(key, target);
  }
}
