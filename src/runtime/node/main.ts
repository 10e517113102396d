/** An emitted entry as a program: `node lenet.train.ts`. */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NrmcError, renderError } from '../errors.ts';
import { type InspectConfig, inspectConfig } from '../inspect-config.ts';
import type { Input, RunConfig, TrainModule } from '../model.ts';
import { type BackendName, backendNames } from './backend.ts';
import { runTraining } from './run.ts';

/** Trains as the command line says when the module of that URL is the program; does nothing when it is imported. */
export async function trainMain<
  Params extends object,
  State extends object,
  OptimizerState extends object,
  Frozen extends object,
  Inputs extends readonly Input[],
  Batch extends object,
>(
  url: string,
  module: TrainModule<Params, State, OptimizerState, Frozen, Inputs, Batch>,
  config: RunConfig,
): Promise<void> {
  const entry = fileURLToPath(url);
  if (!isMain(entry)) return;
  try {
    const options = readArguments(process.argv.slice(2));
    if (options === null) {
      process.stdout.write(usage(path.basename(entry)));
      return;
    }
    const outcome = await runTraining(module, config, { ...options, source: entry, emitted: ownFiles(entry) });
    if (outcome.signal !== null) process.exitCode = outcome.signal === 'SIGINT' ? 130 : 143;
  } catch (error) {
    process.exitCode = error instanceof WrongUsage ? 2 : 1;
    if (error instanceof WrongUsage) process.stderr.write(`${error.message}\n\n${usage(path.basename(entry))}`);
    else if (error instanceof NrmcError) process.stderr.write(`${renderError(error)}\n`);
    else throw error;
  }
}

function isMain(entry: string): boolean {
  const program = process.argv[1];
  try {
    return program !== undefined && realpathSync(program) === realpathSync(entry);
  } catch {
    return false;
  }
}

/** The entry and the module beside it, as far as they can be read. */
function ownFiles(entry: string): readonly { readonly path: string; readonly text: string }[] {
  const module = entry.replace(/\.train(?=\.[a-z]+$)/, '');
  return [...new Set([module, entry])].flatMap((file) => {
    try {
      return [{ path: path.basename(file), text: readFileSync(file, 'utf8') }];
    } catch {
      return [];
    }
  });
}

class WrongUsage extends Error {}

const usage = (name: string): string => `usage: node ${name} [options]
  --backend auto|node|wasm|cpu  what computes; auto is the default
  --epochs N                    in place of the spec's
  --data DIR                    the folder of the data set, or the one that holds it
  --run DIR                     the folder for this run, new or empty; runs/<train>-<n> is the default
  --resume RUN                  go on with a run that was interrupted
  --inspect                     look into training after each epoch; of code that was built with it
  --inspect-every N             after every N updates instead
  --help                        this text
`;

interface Arguments {
  readonly backend?: 'auto' | BackendName | undefined;
  readonly epochs?: number | undefined;
  readonly data?: string | undefined;
  readonly run?: string | undefined;
  readonly resume?: string | undefined;
  readonly inspect?: InspectConfig | undefined;
}

/** Null when help is wanted. */
function readArguments(args: readonly string[]): Arguments | null {
  const text = { type: 'string' } as const;
  const {
    backend,
    epochs,
    help,
    inspect,
    'inspect-every': every,
    ...rest
  } = parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        backend: text,
        epochs: text,
        data: text,
        run: text,
        resume: text,
        inspect: { type: 'boolean' },
        'inspect-every': text,
        help: { type: 'boolean', short: 'h' },
      },
    }),
  ).values;
  if (help === true) return null;
  const wanted = (['auto', ...backendNames] as const).find((name) => name === backend);
  if (backend !== undefined && wanted === undefined) throw new WrongUsage(`there is no backend \`${backend}\``);
  if (epochs !== undefined && !/^[1-9]\d*$/.test(epochs)) throw new WrongUsage('--epochs takes a whole number from 1');
  if (every !== undefined && !/^[1-9]\d*$/.test(every))
    throw new WrongUsage('--inspect-every takes a whole number from 1');
  if (rest.resume !== undefined && (inspect === true || every !== undefined))
    throw new WrongUsage('--inspect is for a run that begins; --resume goes on as it began');
  if (rest.run !== undefined && rest.resume !== undefined)
    throw new WrongUsage('--run begins a run and --resume goes on with one: not both');
  return {
    ...rest,
    backend: wanted,
    epochs: epochs === undefined ? undefined : Number(epochs),
    inspect: inspectConfig(inspect, every === undefined ? undefined : Number(every)),
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error));
  }
}
