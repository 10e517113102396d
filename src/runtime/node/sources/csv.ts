/** Tables as text: RFC 4180 with any separator. A field is the column of its name, the columns that the spec lists, or all that are left. */
import path from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import type { RawColumn } from '../../data.ts';
import { failure, runtimeErrors } from '../../errors.ts';
import type { DataConfig, DataField, DataSource } from '../../model.ts';
import { locate, type Opened, type Request, readHashed, sizeOf } from './source.ts';

type Csv = Extract<DataSource, { readonly kind: 'csv' }>;

/** Cells by line, with the names of the columns. */
export interface Table {
  readonly header: readonly string[];
  /** The first line names the columns; else they are numbered. */
  readonly named: boolean;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

export function openCsv(source: Csv, { fields, data, where }: Request): Opened {
  const { place: file, root } = locate(source.name, 'file', where);
  return {
    folder: root,
    root,
    read() {
      const { bytes, hash } = readHashed(file);
      const table = parseTable(textOf(bytes, file), file, source);
      const columns = fields.map((field) => columnOf(field, data, table, file));
      return { columns, files: { [path.basename(file)]: hash } };
    },
  };
}

/** Other encodings would pass for other names of columns: they are refused. */
export function textOf(bytes: Uint8Array, file: string): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw failure(runtimeErrors.csvNotText, { file, line: wide ? 1 : firstUnreadable(bytes, decoder), wide });
  }
}

/** No byte of a longer character is a line break. */
function firstUnreadable(bytes: Uint8Array, decoder: TextDecoder): number {
  for (let line = 1, from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from) + 1 || bytes.length;
    try {
      decoder.decode(bytes.subarray(from, end));
    } catch {
      return line;
    }
    from = end;
  }
  return 1;
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  INVALID_OPENING_QUOTE: 'a quote stands inside of a cell that does not begin with one',
  CSV_INVALID_CLOSING_QUOTE: 'something follows the closing quote of a cell',
};

/** `file` is for the messages. Empty lines are no samples. */
export function parseTable(
  text: string,
  file: string,
  { separator, header }: Pick<Csv, 'separator' | 'header'>,
): Table {
  const rows: { line: number; cells: readonly string[] }[] = [];
  try {
    parse(text, {
      bom: true,
      delimiter: separator,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: readonly string[], { lines }) => {
        rows.push({ line: lines, cells });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The line after the last one that could be read.
    const line = (rows.at(-1)?.line ?? 0) + 1;
    throw failure(runtimeErrors.csvBroken, { file, line, why: reasons[error.code] ?? error.message });
  }
  const [first] = rows;
  if (first === undefined) throw failure(runtimeErrors.noSamples, { file });
  const expected = first.cells.length;
  const odd = rows.find((r) => r.cells.length !== expected);
  if (odd !== undefined)
    throw failure(runtimeErrors.csvCells, { file, line: odd.line, found: odd.cells.length, expected });
  if (!header) return { header: first.cells.map((_, i) => String(i + 1)), named: false, rows };
  if (rows.length === 1) throw failure(runtimeErrors.noSamples, { file });
  return { header: first.cells, named: true, rows: rows.slice(1) };
}

/** Which columns a field is made of. A field of one value is the column of its name. */
function columnsOf(field: DataField, data: DataConfig, table: Table, file: string): readonly string[] {
  const { header } = table;
  const listed = (f: DataField): readonly string[] | undefined => {
    const single = f.kind === 'class' || sizeOf(f.shape) === 1;
    const own = single && header.includes(f.name) ? [f.name] : undefined;
    return data.columns?.find((c) => c.field === f.name)?.columns ?? own;
  };
  const names = listed(field);
  if (names !== undefined) return names;
  const unlisted = data.fields.filter((f) => listed(f) === undefined);
  // A class has a column of its own: without it, nothing is known of those that are left.
  const lost = unlisted.find((f) => f.kind === 'class') ?? (unlisted.length > 1 ? field : null);
  if (lost !== null)
    throw failure(runtimeErrors.csvColumns, { file, field: lost.name, missing: [lost.name], ...columnFacts(table) });
  const taken = new Set(data.fields.flatMap((f) => listed(f) ?? []));
  const left = header.filter((name) => !taken.has(name));
  if (field.kind === 'tensor' && left.length !== sizeOf(field.shape)) {
    const { name, dtype, shape } = field;
    const { numbers } = columnFacts(table);
    throw failure(runtimeErrors.csvColumnsLeft, { file, field: name, dtype, shape, left, numbers });
  }
  return left;
}

const columnFacts = ({ header, named, rows }: Table) => ({
  found: header,
  named,
  /** A line of numbers is rather a sample than names. */
  numbers: named && header.every((name) => numberOf(name) !== null) && rows.length > 0,
});

/** Null for what is no number; `nan` and `inf`, as tools write them, are told as what they are. */
function numberOf(cell: string): number | null {
  if (cell === '') return null;
  if (/^[-+]?nan$/i.test(cell)) return Number.NaN;
  if (/^[-+]?inf(inity)?$/i.test(cell))
    return cell.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(cell) ? Number(cell) : null;
}

/** The cells of some columns as numbers, line by line. */
export function tableColumn(
  field: string,
  names: readonly string[],
  table: Table,
  file: string,
  type: 'float32' | 'int32' | 'class' = 'float32',
): Float32Array | Int32Array {
  const { header, named, rows } = table;
  const missing = names.filter((name) => !header.includes(name));
  if (missing.length > 0) throw failure(runtimeErrors.csvColumns, { file, field, missing, ...columnFacts(table) });
  const twice = names.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice !== undefined) {
    const places = header.flatMap((name, i) => (name === twice ? [i + 1] : []));
    throw failure(runtimeErrors.csvNameTwice, { file, field, column: twice, places });
  }
  const places = names.map((name) => header.indexOf(name));
  const values = new Float64Array(rows.length * places.length);
  for (const [r, { line, cells }] of rows.entries()) {
    for (const [p, place] of places.entries()) {
      const cell = cells[place] ?? '';
      const value = numberOf(cell);
      if (value === null) {
        const column = header[place] ?? String(place + 1);
        const asNames = !named && r === 0;
        throw failure(runtimeErrors.csvCell, {
          file,
          line,
          column,
          cell,
          field,
          kind: type === 'class' ? type : 'tensor',
          asNames,
          single: header.length === 1,
        });
      }
      values[r * places.length + p] = value;
    }
  }
  // Whole numbers keep all of their digits; what is none is told with its line.
  const whole = type !== 'float32' && values.every((value) => value === (value | 0));
  return whole ? Int32Array.from(values) : Float32Array.from(values);
}

function columnOf(field: DataField, data: DataConfig, table: Table, file: string): RawColumn {
  const names = columnsOf(field, data, table, file);
  const values = tableColumn(field.name, names, table, file, field.kind === 'class' ? 'class' : field.dtype);
  // Columns in a row may fill an image.
  const shape = field.kind === 'tensor' && sizeOf(field.shape) === names.length ? field.shape : [names.length];
  const place = (i: number): string => `line ${table.rows[i]?.line ?? i}`;
  return { field, shape, count: table.rows.length, values, file, place };
}
