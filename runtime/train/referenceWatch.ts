/**
 * Watches the numbers of the reference executor by the law of the device: a step is unsound when what it records or what
 * is kept after it is no number; to blame is what was the first to be none.
 */
import { opLabel } from '../../compiler/graph/opLabel.ts';
import type { GraphNode } from '../../compiler/graph/graph.ts';
import type { CpuTensor } from '../../compiler/ops/op.ts';
import { elementsOf } from '../../compiler/ops/shapes.ts';
import { largestOf, type Origin } from '../execute/fault.ts';

/** The first node of a run whose value is no number, and what else may be to blame. */
export class ReferenceWatch {
  #first: Origin | undefined;

  /** To be called with every node of a run. */
  readonly see = (node: GraphNode, { data }: CpuTensor, inputs: readonly CpuTensor[]): void => {
    if (this.#first) return;
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at === -1) return;
    const value = data[at] ?? NaN;
    switch (node.kind) {
      case 'input':
        this.#first = {
          kind: 'input',
          name: node.name,
          row: Math.floor(at / elementsOf(node.shape.slice(1))),
          value,
        };
        return;
      case 'parameter':
      case 'state':
        this.#first = { kind: 'held', tensor: node.name, value };
        return;
      case 'constant':
        return;
      case 'op': {
        const largest = Math.max(...inputs.map((input) => largestOf(input.data)));
        this.#first = { kind: 'op', label: opLabel(node), tensor: undefined, value, largest };
        return;
      }
      default:
        node satisfies never;
    }
  };

  /** What is to blame where some of these tensors hold what is no number; `label` if no node was. */
  blame(
    kept: Readonly<Record<string, { readonly data: ArrayLike<number> }>>,
    label: string,
    read: readonly { readonly data: ArrayLike<number> }[],
  ): Origin | undefined {
    for (const [tensor, { data }] of Object.entries(kept)) {
      for (let i = 0; i < data.length; i += 1) {
        const value = data[i] ?? NaN;
        if (Number.isFinite(value)) continue;
        const largest = Math.max(0, ...read.map((one) => largestOf(one.data)));
        return this.#first ?? { kind: 'op', label, tensor, value, largest };
      }
    }
    return undefined;
  }
}
