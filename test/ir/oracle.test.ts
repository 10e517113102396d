/** The float64 evaluation and the derived gradients against values recorded from JAX and Keras; see scripts/oracle/record.py. */
import { describe, expect, test } from 'vitest';
import type { AttrValues } from '../../src/ir/graph.ts';
import { type NdArray, ndarray } from '../../src/ir/nd.ts';
import { isOpKind, ops } from '../../src/ir/ops/index.ts';
import { arrayOf, distance, evaluateNode, type Operand } from './graphs.ts';
import activations from './oracle/activations.json' with { type: 'json' };
import branches from './oracle/branches.json' with { type: 'json' };
import convolutions from './oracle/convolutions.json' with { type: 'json' };
import dense from './oracle/dense.json' with { type: 'json' };
import normFamily from './oracle/norm-family.json' with { type: 'json' };
import norms from './oracle/norms.json' with { type: 'json' };
import pools from './oracle/pools.json' with { type: 'json' };
import trajectories from './oracle/trajectories.json' with { type: 'json' };

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly op: string;
  readonly attrs: AttrValues;
  readonly operands: Readonly<Record<string, Stored | undefined>>;
  readonly results: readonly Stored[];
  readonly dy?: Stored;
  readonly gradients?: Readonly<Record<string, Stored | undefined>>;
  /** New values of what the op writes. */
  readonly written?: readonly Stored[];
}

const opNamed = (kind: string) => {
  if (!isOpKind(kind)) throw new Error(`no op ${kind}`);
  return ops[kind];
};

const array = (stored: Stored): NdArray => ndarray(stored.shape, stored.data);

const families = { activations, branches, convolutions, dense, normFamily, norms, pools };

describe.each(Object.entries(families))('%s', (_, { source, cases }) => {
  // The files are written by the script, with these very fields.
  test.each((cases as readonly Case[]).map((c) => [`${c.op} ${JSON.stringify(c.attrs)} (${source})`, c] as const))(
    '%s',
    (_title, { op: kind, attrs, operands, results, dy, gradients, written }) => {
      const op = opNamed(kind);
      const given = Object.entries(operands).flatMap(([name, value]): [string, Operand][] =>
        value === undefined ? [] : [[name, name === 'label' ? { int: array(value) } : array(value)]],
      );
      const named = Object.fromEntries(given);
      if (written !== undefined) {
        const refs = op.operands
          .map((name) => name.replace('?', ''))
          .map((name) => (name in operands ? (`%${name}` as const) : null));
        const after = op.erased.evaluate({ operands: refs, attrs }, (ref) => {
          const value = operands[ref.slice(1)];
          if (value === undefined) throw new Error(`no ${ref}`);
          return array(value);
        });
        written.forEach((expected, i) => {
          expect(distance(array(expected), arrayOf(after[i]))).toBeLessThan(1e-10);
        });
        return;
      }
      const node = evaluateNode(op, attrs, named, dy === undefined ? null : array(dy));
      results.forEach((expected, i) => {
        const ref = node.results[i];
        expect(distance(array(expected), arrayOf(ref && node.values.get(ref)))).toBeLessThan(1e-10);
      });
      for (const [name, expected] of Object.entries(gradients ?? {})) {
        const found = node.gradients?.get(name);
        if (expected !== undefined) expect(found && distance(array(expected), found), name).toBeLessThan(1e-10);
      }
    },
  );
});

describe('trajectories', () => {
  interface Trajectory {
    readonly op: string;
    readonly attrs: AttrValues;
    readonly rate: number;
    readonly start: readonly number[];
    readonly gradients: readonly (readonly number[])[];
    readonly after: readonly (readonly number[])[];
  }
  // As above.
  const cases = trajectories.cases as readonly Trajectory[];

  test.each(cases.map((c) => [`${c.op} ${JSON.stringify(c.attrs)} (${trajectories.source})`, c] as const))(
    '%s',
    (_, c) => {
      const op = opNamed(c.op);
      const slots = c.op === 'adamUpdate' ? ['m', 'v'] : 'momentum' in c.attrs ? ['velocity'] : [];
      const written = ['parameter', ...slots];
      const values = new Map<string, NdArray>(
        written.map((name) => [name, ndarray([4], name === 'parameter' ? c.start : [0, 0, 0, 0])]),
      );
      const operands = op.operands.map((spec) => {
        const name = spec.replace('?', '');
        return spec.endsWith('?') && !values.has(name) ? null : (`%${name}` as const);
      });
      expect(c.gradients.length).toBe(20);
      c.gradients.forEach((gradient, i) => {
        const after = op.erased.evaluate({ operands, attrs: c.attrs }, (ref) => {
          const name = ref.slice(1);
          if (name === 'rate') return c.rate;
          if (name === 'update') return i + 1;
          return name === 'gradient' ? ndarray([4], gradient) : arrayOf(values.get(name));
        });
        for (const [j, name] of written.entries()) values.set(name, arrayOf(after[j]));
        expect(distance(ndarray([4], c.after[i] ?? []), arrayOf(values.get('parameter')))).toBeLessThan(1e-10);
      });
    },
  );
});
