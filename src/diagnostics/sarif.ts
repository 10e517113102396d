/**
 * Diagnostics as SARIF 2.1.0, the format that code hosts read to annotate a pull request: `nrmc check --format sarif`.
 *
 * Columns count UTF-16 code units from 1, as the log says of itself; the end of a region is exclusive. Paths that are not absolute
 * are relative to the root of the sources, for which SARIF has a name (`%SRCROOT%`) and no value.
 */
import { catalog } from './catalog/index.ts';
import type { Diagnostic, Edit, Severity, Span } from './diagnostic.ts';
import { type Lines, linesOf } from './positions.ts';
import type { Sources } from './render.ts';

interface Message {
  text: string;
}
interface ArtifactLocation {
  uri: string;
  uriBaseId?: string;
}
interface Region {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}
interface PhysicalLocation {
  artifactLocation: ArtifactLocation;
  region?: Region;
}
interface Location {
  id?: number;
  physicalLocation: PhysicalLocation;
  message?: Message;
}
interface Replacement {
  deletedRegion: Region;
  insertedContent: Message;
}
interface Fix {
  description: Message;
  artifactChanges: { artifactLocation: ArtifactLocation; replacements: Replacement[] }[];
}
type Level = 'error' | 'warning' | 'note';
interface Result {
  ruleId: string;
  ruleIndex: number;
  level: Level;
  message: Message;
  locations: Location[];
  relatedLocations?: Location[];
  fixes?: Fix[];
}
interface Rule {
  id: string;
  shortDescription: Message;
  help: Message;
  defaultConfiguration: { level: Level };
}

interface SarifLog {
  $schema: string;
  version: '2.1.0';
  runs: {
    tool: { driver: { name: string; version: string; rules: Rule[] } };
    columnKind: 'utf16CodeUnits';
    results: Result[];
  }[];
}

const levels: Readonly<Record<Severity, Level>> = { error: 'error', warning: 'warning', remark: 'note' };

export function toSarif(diagnostics: readonly Diagnostic[], sources: Sources, version: string): SarifLog {
  const codes = [...new Set(diagnostics.map((d) => d.code))].sort();
  const places = placesIn(sources);
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nrmc', version, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((d) => resultOf(d, codes.indexOf(d.code), places)),
      },
    ],
  };
}

function ruleOf(code: string): Rule {
  const definition = Object.hasOwn(catalog, code) ? catalog[code] : undefined;
  return {
    id: code,
    shortDescription: { text: definition?.title ?? code },
    help: { text: `nrmc explain ${code}` },
    defaultConfiguration: { level: levels[definition?.severity ?? 'error'] },
  };
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number, places: Places): Result {
  const { code, severity, message, help, labels, fix } = diagnostic;
  const [first, ...others] = labels;
  const result: Result = {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: help === null ? message : `${message}\nhelp: ${help}` },
    locations: first === undefined ? [] : [{ physicalLocation: places.at(first.span), ...said(first.text) }],
  };
  if (others.length > 0)
    result.relatedLocations = others.map(({ span, text }, index) => ({
      id: index + 1,
      physicalLocation: places.at(span),
      ...said(text),
    }));
  const changes = changesOf(fix, places);
  if (changes !== null) result.fixes = [{ description: { text: help ?? message }, artifactChanges: changes }];
  return result;
}

const said = (text: string): { message?: Message } => (text === '' ? {} : { message: { text } });

/** By file; null when there is nothing to change, or a text that is not known would have to be changed. */
function changesOf(edits: readonly Edit[], places: Places): Fix['artifactChanges'] | null {
  const byFile = new Map<string, Replacement[]>();
  for (const { span, text } of edits) {
    const { region } = places.at(span);
    if (region === undefined) return null;
    const replacements = byFile.get(span.file) ?? [];
    replacements.push({ deletedRegion: region, insertedContent: { text } });
    byFile.set(span.file, replacements);
  }
  if (byFile.size === 0) return null;
  return [...byFile].map(([file, replacements]) => ({ artifactLocation: artifactOf(file), replacements }));
}

interface Places {
  at(span: Span): PhysicalLocation;
}

function placesIn(sources: Sources): Places {
  const known = new Map<string, Lines | null>();
  return {
    at(span) {
      let lines = known.get(span.file);
      if (lines === undefined) {
        const text = sources(span.file);
        lines = text === undefined ? null : linesOf(text);
        known.set(span.file, lines);
      }
      const artifactLocation = artifactOf(span.file);
      return lines === null ? { artifactLocation } : { artifactLocation, region: regionOf(span, lines) };
    },
  };
}

function regionOf({ start, end }: Span, lines: Lines): Region {
  const [first, last] = [lines.position(start).line, lines.position(Math.max(start, end)).line];
  // A place outside of the text is moved into it.
  const column = (offset: number, line: number): number =>
    Math.max(0, Math.min(offset, lines.start(line + 1)) - lines.start(line)) + 1;
  return {
    startLine: first,
    startColumn: column(start, first),
    endLine: last,
    endColumn: column(Math.max(start, end), last),
  };
}

/** `a b/c.nrm` → `a%20b/c.nrm`; absolute paths become `file:` addresses. */
function artifactOf(file: string): ArtifactLocation {
  const path = file.replaceAll('\\', '/');
  const encoded = path
    .split('/')
    .map((part, index) => (index === 0 && /^[A-Za-z]:$/.test(part) ? part : encodeURIComponent(part)))
    .join('/');
  if (path.startsWith('/')) return { uri: `file://${encoded}` };
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${encoded}` };
  return { uri: encoded.replace(/^(?:\.\/)+/, ''), uriBaseId: '%SRCROOT%' };
}
