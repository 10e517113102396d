/** `nrmc`: finds the command, runs it, and turns whatever it ends with into an exit code. One command, one file. */
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { NrmcError, renderError } from '../runtime/errors.ts';
import { reasonOf } from '../runtime/node/files.ts';
import { buildCommand } from './commands/build.ts';
import { checkCommand } from './commands/check.ts';
import { dataCommand } from './commands/data.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { fmtCommand } from './commands/fmt.ts';
import { passesCommand } from './commands/passes.ts';
import { predictCommand } from './commands/predict.ts';
import { reportCommand } from './commands/report.ts';
import { showCommand } from './commands/show.ts';
import { sweepCommand } from './commands/sweep.ts';
import { trainCommand } from './commands/train.ts';
import { Refused, showDiagnostics } from './terminal.ts';
import { version } from './version.ts';

const program = new Command('nrmc')
  .description('Compiles .nrm specs of networks and regularization policies to TensorFlow.js training code.')
  .version(version(), '-v, --version')
  .showHelpAfterError('(add --help for the options)')
  .configureHelp({ sortSubcommands: false })
  .exitOverride();

for (const command of [
  checkCommand,
  fmtCommand,
  showCommand,
  explainCommand,
  dataCommand,
  trainCommand,
  sweepCommand,
  evaluateCommand,
  predictCommand,
  reportCommand,
  buildCommand,
  passesCommand,
]) {
  program.addCommand(command().exitOverride().showHelpAfterError('(add --help for the options)'));
}

/** 0 fine · 1 the user's input is wrong · 2 wrong usage · 70 a defect of nrmc, the only case with a stack. */
async function run(): Promise<number> {
  try {
    await program.parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Refused) {
      showDiagnostics(error.diagnostics, error.sources);
      return 1;
    }
    if (error instanceof NrmcError) {
      // Its message may have several lines: lists of mismatches, of places that were looked at.
      process.stderr.write(`${renderError(error)}\n\n`);
      return 1;
    }
    process.stderr.write(
      `This is a defect of nrmc, not of your input. Please report it with the spec that shows it.\n${String(error instanceof Error ? error.stack : error)}\n`,
    );
    return 70;
  }
}

// A reader that closes early (`nrmc show … | head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`error: cannot write the output: ${reasonOf(error)}\n`);
  process.exit(1);
});
// Where not even an error can be told, there is only the code.
process.stderr.on('error', () => process.exit(1));

// A command that a signal stopped has set its own.
const code = await run();
if (code !== 0) process.exitCode = code;
