/** `nrmc fmt FILE…`: specs in the one layout. Files are rewritten in place, and only those that change. */
import {
  chmodSync,
  type Dirent,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { files } from '../../diagnostics/catalog/files.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import { type Formatted, format } from '../../format/index.ts';
import { failure, NrmcError, runtimeErrors } from '../../runtime/errors.ts';
import { reasonOf } from '../../runtime/node/files.ts';
import { runFiles } from '../../runtime/node/run-folder.ts';
import { Refused, say, showNote } from '../terminal.ts';
import { readBytes, textOf } from '../text.ts';

interface Options {
  readonly check?: true;
  readonly stdin?: true;
}

export const fmtCommand = (): Command => {
  const command = new Command('fmt')
    .description('lay specs out as docs/format.md says; what has syntax errors stays as it is')
    .argument('[file...]', 'files, or folders with `.nrm` files')
    .option('--check', 'write nothing, list the files that are not formatted')
    .option('--stdin', 'read from standard input, write to standard output');
  return command.action(async (paths: readonly string[], options: Options) => {
    if (options.stdin === true) {
      if (paths.length > 0) command.error('error: with --stdin there are no files');
      return formatInput(options);
    }
    if (paths.length === 0) command.error("error: missing required argument 'file'");
    formatFiles(paths, options);
  });
};

async function formatInput({ check }: Options): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const name = '<stdin>';
  const before = decoded(name, Buffer.concat(chunks));
  const { text, diagnostics } = formatted(name, before, check);
  if (check !== true) process.stdout.write(text);
  if (hasErrors(diagnostics)) throw new Refused(diagnostics, new Map([[name, check === true ? before : text]]));
  if (check === true && text !== before) {
    say(name);
    throw new Refused([]);
  }
}

function formatFiles(paths: readonly string[], { check }: Options): void {
  const sources = new Map<string, string>();
  const found: Diagnostic[] = [];
  let changed = 0;
  const specs = withoutTwins(paths.flatMap(specsAt));
  for (const file of specs) {
    try {
      const before = readSpecText(file);
      const { text, diagnostics } = formatted(file, before, check);
      if (text !== before) {
        if (check !== true) replace(file, text);
        changed++;
        say(file);
      }
      sources.set(file, check === true ? before : text);
      found.push(...diagnostics);
    } catch (error) {
      // A file that cannot be read or written is reported beside the others.
      if (error instanceof Refused) found.push(...error.diagnostics);
      else if (error instanceof NrmcError) found.push(error.diagnostic);
      else throw error;
    }
  }
  if (hasErrors(found)) throw new Refused(found, sources);
  if (check === true && changed > 0) {
    const [these, them] = changed === 1 ? ['this file is', 'it'] : ['these files are', 'them'];
    showNote(`${these} not formatted; \`nrmc fmt\` formats ${them}`);
    throw new Refused([]);
  }
  if (changed === 0)
    showNote(specs.length === 1 ? 'formatted already' : `${specs.length} files, all formatted already`);
}

/** The places of diagnostics are those in the text that will be there: after formatting, unless it is only checked. */
function formatted(name: string, before: string, check: true | undefined): Formatted {
  const first = format(before, name);
  const isMoved = check !== true && first.diagnostics.length > 0 && first.text !== before;
  return isMoved ? { text: first.text, diagnostics: format(first.text, name).diagnostics } : first;
}

function readSpecText(file: string): string {
  const read = readBytes(file);
  if ('why' in read) throw new Refused([files.unreadable.at(null, { path: file, why: read.why })]);
  return decoded(file, read.bytes);
}

/** The byte order mark is part of what is kept. */
function decoded(file: string, bytes: Uint8Array): string {
  const text = textOf(bytes);
  if ('why' in text) throw new Refused([files.notText.at(null, { path: file, what: text.why })]);
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return isMarked ? `\uFEFF${text.text}` : text.text;
}

/** A file, or all specs in a folder and below; of what is not there, reading says so. */
function specsAt(place: string): readonly string[] {
  if (statOf(place)?.isDirectory() !== true) return [place];
  const entries = entriesOf(place);
  // The resolved spec in the folder of a run is a record, not a source.
  if (entries.some((entry) => entry.name === runFiles.info)) return [];
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const at = path.join(place, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : specsAt(at);
      return entry.name.endsWith('.nrm') ? [at] : [];
    });
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new Refused([files.unreadable.at(null, { path: folder, why: reasonOf(error) })]);
  }
}

/** Null for what cannot be looked at: reading it says why. */
function statOf(place: string): Stats | null {
  try {
    return statSync(place);
  } catch {
    return null;
  }
}

/** Each file once, by whatever names it is given. */
function withoutTwins(paths: readonly string[]): readonly string[] {
  const byPlace = new Map<string, string>();
  for (const file of paths) {
    const place = statOf(file) === null ? path.resolve(file) : realpathSync(file);
    if (!byPlace.has(place)) byPlace.set(place, file);
  }
  return [...byPlace.values()];
}

/** Seen as a whole or not at all, with the mode that the file had; a link stays a link. */
function replace(file: string, text: string): void {
  const target = realpathSync(file);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const { mode } = statSync(target);
    writeFileSync(temporary, text, { mode });
    // The mode that a new file gets is less what the umask takes away.
    chmodSync(temporary, mode);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw failure(runtimeErrors.notWritable, { path: file, why: reasonOf(error) });
  }
}
