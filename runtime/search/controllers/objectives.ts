/**
 * What a policy is trained on: the loss of an unrolled batch of m traces. The advantage of a trace is a number from
 * outside, so no gradient flows through rewards and baselines.
 */
import type { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId } from '../../../compiler/graph/graph.ts';
import type { Unrolled } from './policyGraph.ts';

/** Adds a loss, [1], to an unrolled batch; what it reads beside are inputs. */
export type Objective = (unrolled: Unrolled) => NodeId;

/**
 * REINFORCE with a baseline (Williams 1992): the gradient of -1/m sum of A_k log pi(a_k) - entropy / m * sum of H, where H
 * is the entropy of every step on the way. Input: `advantages` [m].
 */
export function reinforceObjective(entropy: number): Objective {
  return ({ builder, rows, logProbabilities, entropies }) => {
    const advantages = builder.input('advantages', [rows]);
    const gained = builder.op('mul', [advantages, sumOf(builder, logProbabilities, rows)], {});
    return lossOf(builder, [gained], { rows, entropies, entropy });
  };
}

/**
 * Proximal policy optimisation with the clipped objective (Schulman et al. 2017, equation 7), of each step of a trace:
 * -1/m sum of min(r A, clip(r, 1 - clip, 1 + clip) A) - entropy / m * sum of H, where r is the probability of the answer
 * over the one that it was sampled with. Inputs: `advantages` [m], `old.t` [m], the log-probabilities of then.
 */
export function ppoObjective(clip: number, entropy: number): Objective {
  return ({ builder, rows, logProbabilities, entropies }) => {
    const advantages = builder.input('advantages', [rows]);
    const [low, high] = [1 - clip, 1 + clip].map((bound) => builder.constant(bound, [rows]));
    const gained = logProbabilities.map((now, t) => {
      const change = builder.op('sub', [now, builder.input(`old.${t}`, [rows])], {});
      const ratio = builder.op('activation', [change], { name: 'exp' });
      const kept = builder.op('maximum', [builder.op('minimum', [ratio, high ?? 0], {}), low ?? 0], {});
      const [free, bound] = [ratio, kept].map((r) => builder.op('mul', [r, advantages], {}));
      return builder.op('minimum', [free ?? 0, bound ?? 0], {});
    });
    return lossOf(builder, gained, { rows, entropies, entropy });
  };
}

function lossOf(
  builder: GraphBuilder,
  gained: readonly NodeId[],
  {
    rows,
    entropies,
    entropy,
  }: { readonly rows: number; readonly entropies: readonly NodeId[]; readonly entropy: number },
): NodeId {
  const gain = sumOf(builder, gained, rows);
  const bonus = builder.op('scale', [sumOf(builder, entropies, rows)], { factor: entropy });
  const total = builder.op('reduce', [builder.op('add', [gain, bonus], {})], { kind: 'sum', axes: [0] });
  return builder.op('scale', [total], { factor: -1 / rows });
}

function sumOf(builder: GraphBuilder, nodes: readonly NodeId[], rows: number): NodeId {
  const [first = builder.constant(0, [rows]), ...others] = nodes;
  return others.reduce((sum, node) => builder.op('add', [sum, node], {}), first);
}
