/**
 * What measurements decide. Where a kernel rule knows several ways to compute something, it asks a question, whose words
 * are the class of shapes, and takes the answer out of the profile, or its first candidate. Answers are plain data: with
 * the same answers the same kernels run, bit for bit, wherever that is.
 */
import { present } from '../../util/invariant.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { DType, Graph, OpNodeOf, Shape } from '../graph/graph.ts';
import type { OpAttributes, OpName } from '../ops/attributes.ts';
import type { Profile } from './plan.ts';

/** Answers by question. */
export type Tuning = Readonly<Record<string, string>>;

/** A question of a kernel rule and what it may be answered, the guess first. */
export interface Question {
  readonly question: string;
  readonly candidates: readonly [string, ...string[]];
}

/** The op that asked: enough to build it again, alone. */
export interface Sample {
  readonly op: OpName;
  readonly attributes: OpAttributes[OpName];
  readonly inputs: readonly { readonly shape: Shape; readonly dtype: DType; readonly weight: boolean }[];
}

/** A question with an op that asks it. */
export interface OpenChoice extends Question {
  readonly sample: Sample;
}

/** The answer that a profile has to a question, or the guess. An answer that is no candidate is none. */
export function answer({ tuning = {} }: Profile, { question, candidates }: Question): string {
  const known = Object.hasOwn(tuning, question) ? tuning[question] : undefined;
  return known !== undefined && candidates.includes(known) ? known : candidates[0];
}

/** One of some things by name, the first of which is the guess. */
export function pick<T>(
  profile: Profile,
  question: string,
  things: ReadonlyMap<string, T>,
): { readonly chosen: T; readonly asked: Question | undefined } {
  const [guess, ...others] = things.keys();
  const candidates = [present(guess, `the candidates of ${question}`), ...others] as const;
  const asked = { question, candidates };
  const chosen = present(things.get(answer(profile, asked)), `a candidate of ${question}`);
  return { chosen, asked: others.length > 0 ? asked : undefined };
}

/** Sizes that are within a factor of two of each other are one class: 1000 and 600 are `2^10`. */
export function sizeClass(size: number): string {
  return `2^${Math.ceil(Math.log2(Math.max(1, size)))}`;
}

/** The graph of one op, whose result is the output `y`. */
export function sampleGraph({ op, attributes, inputs }: Sample): Graph {
  const builder = new GraphBuilder();
  const ids = inputs.map(({ shape, dtype, weight }, i) =>
    weight
      ? builder.parameter(`w${i}`, shape, { kind: 'constant', value: 0.01 })
      : builder.input(`x${i}`, shape, dtype),
  );
  builder.outputs['y'] = builder.op(op, ids, attributes);
  return builder.finish();
}

/** What an op node asks with, given which of its inputs are laid out as weights. */
export function sampleOf<K extends OpName>(node: OpNodeOf<K>, inputs: Sample['inputs']): Sample {
  return { op: node.op, attributes: node.attributes, inputs };
}
