/** The ways in which one graph can be planned, and how near their results have to be to each other. */
import type { PlanOptions } from '../../../compiler/wgsl/lower.ts';
import type { Device } from '../../../runtime/device/device.ts';

export interface PlanVariant {
  readonly name: string;
  readonly options: PlanOptions;
  /** The variant whose every bit it must have, where it does the same arithmetic; else it is near the reference. */
  readonly bitsOf?: string;
}

/**
 * Fusion and the merging of dispatches leave every bit as it is. Kernels for other adapters add in another order:
 * with subgroups or without, for the caches of a processor or the many threads of a GPU.
 */
export function planVariants({ profile }: Device): readonly PlanVariant[] {
  const other = profile.kind === 'cpu' ? 'gpu' : 'cpu';
  const tuned = { ...profile, kind: other } as const;
  const withSubgroups = [
    ...sameBits('', { profile }),
    { name: `tuned for a ${other}`, options: { profile: tuned } },
  ];
  if (profile.subgroupSize === undefined) return withSubgroups;
  const [portable, foreign] = [profile, tuned].map((of) => ({ profile: { ...of, subgroupSize: undefined } }));
  return [
    ...withSubgroups,
    ...sameBits('without subgroups, ', portable),
    { name: `without subgroups, tuned for a ${other}`, options: foreign },
  ];
}

/** The plans of one set of kernels. */
function sameBits(kernels: string, options: PlanOptions): readonly PlanVariant[] {
  const bitsOf = `${kernels}as planned`;
  return [
    { name: bitsOf, options },
    { name: `${kernels}not fused`, options: { ...options, fuse: false }, bitsOf },
    { name: `${kernels}not merged`, options: { ...options, merge: false }, bitsOf },
    { name: `${kernels}neither`, options: { ...options, fuse: false, merge: false }, bitsOf },
  ];
}
