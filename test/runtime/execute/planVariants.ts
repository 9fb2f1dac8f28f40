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
 * Fusion and the cutting up of dispatches leave every bit as it is. Kernels for other adapters add in another
 * order: with subgroups or without, for the caches of a processor or the many threads of a GPU.
 */
export function planVariants({ profile }: Device): readonly PlanVariant[] {
  const plain: PlanOptions = { profile };
  const portable = { ...profile, subgroupSize: undefined };
  const other = profile.kind === 'cpu' ? 'gpu' : 'cpu';
  const variants: PlanVariant[] = [
    { name: 'default', options: plain },
    { name: 'not fused', options: { ...plain, fuse: false }, bitsOf: 'default' },
    { name: `tuned for a ${other}`, options: { profile: { ...profile, kind: other } } },
  ];
  if (profile.subgroupSize === undefined) return variants;
  return [
    ...variants,
    { name: 'without subgroups', options: { profile: portable } },
    {
      name: 'without subgroups, not fused',
      options: { profile: portable, fuse: false },
      bitsOf: 'without subgroups',
    },
    { name: `without subgroups, tuned for a ${other}`, options: { profile: { ...portable, kind: other } } },
  ];
}
