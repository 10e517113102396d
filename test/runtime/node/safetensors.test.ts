import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NrmcError } from '../../../src/runtime/errors.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../../src/runtime/safetensors.ts';
import { refusal } from './helpers.ts';

const file = 'w.safetensors';
const shape = fc.array(fc.nat(3), { maxLength: 3 });
const stored = fc
  .tuple(shape, fc.constantFrom(Float32Array, Int32Array, Uint8Array), fc.infiniteStream(fc.nat(2 ** 32 - 1)))
  .map(([dims, Kind, bits]): StoredTensor => {
    const words = Uint32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => bits.next().value ?? 0);
    // Any bits: NaN with a payload, −0 and infinities among them.
    return { shape: dims, values: Kind === Uint8Array ? Uint8Array.from(words) : new Kind(words.buffer) };
  });
const name = fc.string({ minLength: 1, maxLength: 8 }).filter((n) => n !== '__metadata__');

const bits = ({ values }: StoredTensor): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A file with this header. */
function withHeader(header: unknown, data = 0, text = JSON.stringify(header)): Uint8Array {
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe('encode and decode', () => {
  test('every bit of every tensor comes back, and the metadata', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, stored)), fc.dictionary(name, fc.string()), (entries, metadata) => {
        const tensors = new Map(entries);
        const bytes = encodeSafetensors({ tensors, metadata });
        const back = decodeSafetensors(bytes, file);
        expect(back.metadata).toEqual({ ...metadata });
        expect([...back.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
        for (const [key, tensor] of tensors) {
          const other = back.tensors.get(key);
          expect(other?.shape).toEqual(tensor.shape);
          expect(other?.values.constructor).toBe(tensor.values.constructor);
          expect(other && bits(other)).toEqual(bits(tensor));
        }
        // The same bytes in whatever order the tensors come.
        expect(
          encodeSafetensors({
            tensors: new Map(entries.toReversed().filter(([k], i, all) => all.findIndex(([o]) => o === k) === i)),
            metadata,
          }),
        ).toEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });

  test('the values begin at a multiple of 8', () => {
    const bytes = encodeSafetensors({
      tensors: new Map([['a', { shape: [1], values: Float32Array.of(1) }]]),
      metadata: {},
    });
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, bytes.length - 4)).trimEnd()).toBe(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    );
  });

  test('F64 is rounded to float32', () => {
    const bytes = withHeader({ a: { dtype: 'F64', shape: [2], data_offsets: [0, 16] } }, 16);
    const view = new DataView(bytes.buffer);
    view.setFloat64(bytes.length - 16, 0.1, true);
    view.setFloat64(bytes.length - 8, -3, true);
    expect(decodeSafetensors(bytes, file).tensors.get('a')?.values).toEqual(Float32Array.of(0.1, -3));
  });
});

describe('what is no safetensors file', () => {
  const whole = encodeSafetensors({
    tensors: new Map([
      ['kernel', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
      ['count', { shape: [3], values: Uint8Array.of(1, 2, 3) }],
    ]),
    metadata: { format: 'nrmc/1' },
  });

  test('every prefix is refused with a code', () => {
    for (let n = 0; n < whole.length; n++)
      expect(() => decodeSafetensors(whole.subarray(0, n), file), `${n}`).toThrow(NrmcError);
  });

  test('any byte changed is read or refused with a code', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        try {
          decodeSafetensors(whole.with(at, value), file);
        } catch (error) {
          expect(error).toBeInstanceOf(NrmcError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  const a = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const cases: Readonly<Record<string, Uint8Array>> = {
    'no bytes': new Uint8Array(0),
    'a header longer than the file': Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123, 125),
    'no JSON': withHeader(null, 0, '{"a": '),
    'not an object': withHeader([1]),
    'metadata that are no strings': withHeader({ __metadata__: { a: 1 } }),
    'an unknown dtype': withHeader({ a: { ...a, dtype: 'BF16' } }, 4),
    'no shape': withHeader({ a: { ...a, shape: [-1] } }, 4),
    'no place': withHeader({ a: { dtype: 'F32', shape: [1] } }, 4),
    'a place of another size': withHeader({ a: { ...a, shape: [2] } }, 4),
    overlap: withHeader({ a, b: a }, 4),
    'a hole': withHeader({ a, b: { ...a, data_offsets: [8, 12] } }, 12),
    'cut short': withHeader({ a }, 3),
    'bytes left over': withHeader({ a }, 5),
  };

  test('each is refused with a reason', async () => {
    const reasons: string[] = [];
    for (const [what, bytes] of Object.entries(cases)) {
      const text = await refusal(() => decodeSafetensors(bytes, file));
      reasons.push(
        `${what}: ${text.split('\n')[0]?.replace('error[NRM5001]: w.safetensors is not a safetensors file that can be used: ', '')}`,
      );
    }
    expect(reasons).toMatchInlineSnapshot(`
      [
        "no bytes: it has 0 bytes, its header's length alone needs 8",
        "a header longer than the file: its header should have 255 bytes, 2 are left",
        "no JSON: its header is not a JSON object",
        "not an object: its header is not a JSON object",
        "metadata that are no strings: its metadata are not strings by name",
        "an unknown dtype: tensor \`a\` has dtype "BF16"; F64, F32, I64, I32, I16, I8, U8, BOOL are read",
        "no shape: tensor \`a\` has no shape of whole numbers",
        "no place: tensor \`a\` has no place",
        "a place of another size: tensor \`a\` of shape [2] needs 8 bytes and has 4",
        "overlap: tensor \`b\` overlaps another",
        "a hole: there is a hole before tensor \`b\`",
        "cut short: its tensors need 4 bytes, 3 are left",
        "bytes left over: 1 bytes are left over at its end",
      ]
    `);
    expect(await refusal(() => decodeSafetensors(new Uint8Array(3), file))).toMatchInlineSnapshot(`
      "error[NRM5001]: w.safetensors is not a safetensors file that can be used: it has 3 bytes, its header's length alone needs 8
        = help: the file is damaged, of another format, or a copy that was cut short
        = explain: nrmc explain NRM5001"
    `);
  });
});
