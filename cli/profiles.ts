/** The kinds of device that plans can be made for without one at hand. */
import type { Profile } from '../compiler/wgsl/plan.ts';

/** How `--profile` names them. */
export type ProfileName = 'cpu' | 'portable' | 'gpu';

/** What a kernel may count on: lavapipe's eight lanes, a GPU of unknown or varying lanes, a GPU of 32 lanes. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  cpu: { kind: 'cpu', subgroupSize: 8 },
  portable: { kind: 'gpu', subgroupSize: undefined },
  gpu: { kind: 'gpu', subgroupSize: 32 },
};

/** Their names, in the order in which help lists them. */
export const profileNames: readonly ProfileName[] = ['cpu', 'portable', 'gpu'];
