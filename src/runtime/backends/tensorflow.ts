/** Calls of TensorFlow's ops by name, as tfjs-node's backend offers them. */
import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

type Kind = 'INT' | 'FLOAT' | 'BOOL' | 'STRING' | 'TYPE' | 'SHAPE';

/**
 * What tfjs-node's backend is beside a tfjs backend; its package is optional, so its types are not there to be
 * imported.
 */
export interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<'TF_FLOAT' | `TF_ATTR_${Kind}`, number>>;
  executeMultipleOutputs(
    op: string,
    attributes: readonly { readonly name: string; readonly type: number; readonly value: unknown }[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/** Attributes of an op by name, each with its kind. */
export type Attributes = Readonly<Record<string, readonly [Kind, number | boolean | string | readonly number[]]>>;

export class TensorFlow {
  readonly #backend: NodeBackend;
  /** The attribute that most ops have: the dtype of their operands. */
  readonly float: readonly ['TYPE', number];

  constructor(backend: NodeBackend) {
    this.#backend = backend;
    this.float = ['TYPE', backend.binding.TF_FLOAT];
  }

  get isOnGpu(): boolean {
    return this.#backend.isUsingGpuDevice;
  }

  /** All results of an op. */
  all(op: string, inputs: readonly TensorInfo[], attributes: Attributes, outputs: number): Tensor[] {
    const { binding } = this.#backend;
    const list = Object.entries(attributes).map(([name, [kind, value]]) => ({
      name,
      type: binding[`TF_ATTR_${kind}`],
      value,
    }));
    return this.#backend.executeMultipleOutputs(op, list, inputs, outputs);
  }

  /** The first result of an op, which has no others unless `outputs` says so. */
  one(op: string, inputs: readonly TensorInfo[], attributes: Attributes, outputs = 1): Tensor {
    const [result] = this.all(op, inputs, attributes, outputs);
    if (result === undefined) throw new Error(`${op} has no result`);
    return result;
  }

  /** Small operands that an op wants as tensors, such as a shape. */
  integers(values: readonly number[]): Tensor {
    return engine().makeTensor(Int32Array.from(values), [values.length], 'int32');
  }

  number(value: number): Tensor {
    return engine().makeTensor(Float32Array.of(value), [], 'float32');
  }

  noNumbers(): Tensor {
    return engine().makeTensor(new Float32Array(0), [0], 'float32');
  }

  /** A variable of TensorFlow's own, for values of any shape; AssignVariableOp fills it. */
  variable(name: string): Tensor {
    const named: Attributes = { container: ['STRING', ''], shared_name: ['STRING', name] };
    return this.one('VarHandleOp', [], { dtype: this.float, shape: ['SHAPE', []], ...named });
  }
}
