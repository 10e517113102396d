/**
 * The safetensors format: the length of a header (u64, little-endian), the header (JSON: by name the dtype, shape and place of each
 * tensor, and `__metadata__`, strings by string), then the values without holes.
 *
 * Source  github.com/huggingface/safetensors.
 */
import { failure, runtimeErrors } from './errors.ts';

/** float32, int32 or uint8, by the kind of array. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const dtypeOf = ({ values }: StoredTensor): string =>
  values instanceof Float32Array ? 'F32' : values instanceof Int32Array ? 'I32' : 'U8';

/** Bytes of a file: the same for the same tensors and metadata, in whatever order they come. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  // Wider values first, so that each tensor is aligned; then by name.
  const entries = [...tensors].sort(
    ([a, x], [b, y]) => y.values.BYTES_PER_ELEMENT - x.values.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  let end = 0;
  const places: (readonly [string, object])[] = entries.map(([name, tensor]) => {
    const begin = end;
    end += tensor.values.byteLength;
    return [name, { dtype: dtypeOf(tensor), shape: tensor.shape, data_offsets: [begin, end] }];
  });
  const sorted = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const head = sorted.length === 0 ? [] : [['__metadata__', Object.fromEntries(sorted)] as const];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...head, ...places])));
  // Padded with spaces: the values begin at a multiple of 8.
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const [, { values }] of entries) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

const widths: Readonly<Record<string, number>> = { F64: 8, F32: 4, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Reads a whole file; F64 is rounded to float32, I64 must fit into 32 bits. `file` is for the message. */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const refuse = (why: string): Error => failure(runtimeErrors.notSafetensors, { file, why });
  if (bytes.length < 8) throw refuse(`it has ${bytes.length} bytes, its header's length alone needs 8`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > bytes.length - 8) throw refuse(`its header should have ${length} bytes, ${bytes.length - 8} are left`);
  const header = parseHeader(bytes.subarray(8, 8 + length));
  if (header === null) throw refuse('its header is not a JSON object');
  let metadata: Readonly<Record<string, string>> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isRecord(value) || !isText(value)) throw refuse('its metadata are not strings by name');
      metadata = value;
      continue;
    }
    const entry = readEntry(name, value);
    if (typeof entry === 'string') throw refuse(`tensor \`${name}\` ${entry}`);
    entries.push(entry);
  }
  const values = bytes.subarray(8 + length);
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin < end) throw refuse(`tensor \`${entry.name}\` overlaps another`);
    if (entry.begin > end) throw refuse(`there is a hole before tensor \`${entry.name}\``);
    end = entry.end;
  }
  if (end > values.length) throw refuse(`its tensors need ${end} bytes, ${values.length} are left`);
  if (end < values.length) throw refuse(`${values.length - end} bytes are left over at its end`);
  const tensors = new Map<string, StoredTensor>();
  for (const entry of entries) {
    const found = read(entry, values);
    if (found === null) throw refuse(`tensor \`${entry.name}\` holds whole numbers beyond 32 bits`);
    tensors.set(entry.name, { shape: entry.shape, values: found });
  }
  return { tensors, metadata };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, string>> =>
  Object.values(value).every((v) => typeof v === 'string');

function parseHeader(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isRecord(header) ? header : null;
  } catch {
    return null;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** The entry, or what is wrong with it. */
function readEntry(name: string, value: unknown): Entry | string {
  if (!isRecord(value)) return 'is not described';
  const { dtype, shape, data_offsets: offsets } = value;
  const width = typeof dtype === 'string' ? widths[dtype] : undefined;
  if (typeof dtype !== 'string' || width === undefined) {
    return `has dtype ${JSON.stringify(dtype)}; ${Object.keys(widths).join(', ')} are read`;
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) return 'has no shape of whole numbers';
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) return 'has no place';
  const [begin, end] = offsets;
  const needed = sizeOf(shape) * width;
  if (begin === undefined || end === undefined || end - begin !== needed) {
    return `of shape [${shape.join(', ')}] needs ${needed} bytes and has ${Number(end) - Number(begin)}`;
  }
  return { name, dtype, shape, begin, end };
}

/** A copy: values may lie anywhere in the file, typed arrays want them aligned. Null where they do not fit into 32 bits. */
function read({ dtype, begin, end }: Entry, values: Uint8Array): StoredTensor['values'] | null {
  const copy = new Uint8Array(values.subarray(begin, end));
  switch (dtype) {
    case 'F32':
      return new Float32Array(copy.buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(copy.buffer));
    case 'I32':
      return new Int32Array(copy.buffer);
    case 'I64': {
      const wide = new BigInt64Array(copy.buffer);
      const narrow = Int32Array.from(wide, (v) => Number(BigInt.asIntN(32, v)));
      return narrow.every((v, i) => BigInt(v) === wide[i]) ? narrow : null;
    }
    case 'I16':
      return Int32Array.from(new Int16Array(copy.buffer));
    case 'I8':
      return Int32Array.from(new Int8Array(copy.buffer));
    default:
      // U8 and BOOL
      return copy;
  }
}
