/**
 * Kernel sources: a small builder of readable WGSL, and the frame that every kernel shares (bindings, the
 * uniform block of shapes, the entry point).
 *
 * One dispatch does the same work on several sets of tensors, its instances, which lie on each other in z. Buffers are
 * bound whole, and a table in the uniforms says where the tensors of each instance begin: few bind groups serve all
 * dispatches, and siblings run at once. Bodies know nothing of it: they index tensors from 0.
 *
 * Shapes come in through the uniform block, never as constants: one pipeline serves every layer of every
 * network, and software drivers do not unroll a loop whose bound they cannot see (unrolling made the same
 * kernel compile 70 times longer and run slower).
 */
import { invariant } from '../../util/invariant.ts';
import { endingLoops, sizesIn } from './loops.ts';
import { Lines } from './lines.ts';
import type { PlanKernel } from './plan.ts';

export { Lines };

/** Type of one field of the uniform block. */
export type FieldType = 'u32' | 'i32' | 'f32';

/** One storage binding: its name in the source, element type and access. */
export interface StorageBinding {
  readonly name: string;
  readonly type: 'vec4f' | 'vec4u' | 'f32' | 'i32' | 'u32' | 'atomic<u32>';
  readonly access: 'read' | 'read_write';
}

/** A kernel with the names of its uniform fields in order. */
export interface KernelSource<F extends string = string> extends PlanKernel {
  readonly fields: Readonly<Record<F, FieldType>>;
  /** Whether it has layers of its own in z. */
  readonly layered: boolean;
  /** Fields that must be at least one. */
  readonly sizes: readonly string[];
}

/** What {@link kernel} turns into a module. */
export interface KernelParts<F extends string> {
  readonly name: string;
  readonly storage: readonly StorageBinding[];
  readonly fields: Readonly<Record<F, FieldType>>;
  readonly workgroupSize: number;
  /** Whether the body uses subgroup operations; it then finds its lane in `lane`. */
  readonly subgroups?: boolean;
  /** Functions before the entry point. */
  readonly helpers?: readonly string[];
  /**
   * The statements of `main`. They see `group: vec3u`, `local: i32` (or `lane: i32`) and the block `u`, and index the
   * storage by its name, from where the instance's tensor begins.
   */
  readonly body: Lines;
}

/** Read-only storage of vec4f. */
export function reads(...names: readonly string[]): StorageBinding[] {
  return names.map((name) => ({ name, type: 'vec4f', access: 'read' }));
}

/** Writable storage of vec4f. */
export function writes(name: string): StorageBinding {
  return { name, type: 'vec4f', access: 'read_write' };
}

/** Rows of a dispatch's table: an array of this length is bound, of which a dispatch uses the beginning. */
export const TABLE_ROWS = 256;

/** Rows of the table that an instance takes: four tensors stand in each. */
export function rowsOfInstance(storage: number): number {
  return Math.ceil(storage / 4);
}

/** Writes the module. */
export function kernel<F extends string>(parts: KernelParts<F>): KernelSource<F> {
  const { name, storage, fields, subgroups = false } = parts;
  const text = endingLoops(parts.body).toString();
  // A body that looks at z has layers of its own there, and the instances stand above them.
  const layered = text.includes('group.z');
  const members = Object.entries<FieldType>({ ...fields, ...(layered ? layers : {}) });
  const helpers = new Set([...(layered ? [divideHelper] : []), ...(parts.helpers ?? [])]);
  const rows = rowsOfInstance(storage.length);
  const starts = new Lines().each(rows, (k) => `let starts${k} = starts[instance * ${rows} + ${k}];`);
  storage.forEach((s, k) => starts.add(`let ${s.name}_at = starts${k >> 2}.${'xyzw'[k & 3]};`));
  const wgsl = [
    `// ${name}`,
    ...(subgroups ? ['enable subgroups;'] : []),
    '',
    'struct Block {',
    ...members.map(([field, type]) => `  ${field}: ${type},`),
    '}',
    '',
    ...storage.map(
      (s, i) => `@group(0) @binding(${i}) var<storage, ${s.access}> ${s.name}: array<${s.type}>;`,
    ),
    `@group(0) @binding(${storage.length}) var<uniform> block: Block;`,
    `@group(0) @binding(${storage.length + 1}) var<uniform> starts: array<vec4i, ${TABLE_ROWS}>;`,
    '',
    ...[...helpers].flatMap((helper) => [helper, '']),
    `@compute @workgroup_size(${parts.workgroupSize})`,
    'fn main(',
    `  @builtin(workgroup_id) ${layered ? 'workgroup' : 'group'}: vec3u,`,
    subgroups
      ? '  @builtin(subgroup_invocation_id) invocation: u32,'
      : '  @builtin(local_invocation_index) invocation: u32,',
    ') {',
    // Read once: CPU adapters would load a uniform again in every turn of a loop.
    '  let u = block;',
    `  let ${subgroups ? 'lane' : 'local'} = i32(invocation);`,
    ...(layered
      ? [
          '  let instance = divide(i32(workgroup.z), u.layers, u.inverseLayers);',
          '  let group = vec3u(workgroup.xy, u32(i32(workgroup.z) - instance * u.layers));',
        ]
      : ['  let instance = i32(group.z);']),
    starts.toString(),
    fromStarts(text, storage),
    '}',
    '',
  ].join('\n');
  return {
    name,
    wgsl,
    fields,
    layered,
    sizes: sizesIn(parts.body),
    bindings: storage.map(({ access }) => access),
    units: storage.map(({ type }) => (type.startsWith('vec4') ? 16 : 4)),
  };
}

/**
 * The value of one lane, the same for all. Tint guards every broadcast from a lane that a subgroup may not have by a
 * selection of each component, but clamps the lane of a shuffle, once for all turns. Where a subgroup is a vector of a processor
 * (eight lanes), a shuffle is one instruction; elsewhere a broadcast is the cheaper one.
 */
export function broadcast(value: string, lane: number, size: number): string {
  return size === 8 ? `subgroupShuffle(${value}, ${lane}u)` : `subgroupBroadcast(${value}, ${lane})`;
}

/** Fields that follow the others of a kernel with layers. */
const layers = { layers: 'i32', inverseLayers: 'f32' } as const;

/** The body with every index counted from where the instance's tensor begins. */
function fromStarts(body: string, storage: readonly StorageBinding[]): string {
  const names = storage.map(({ name }) => name).join('|');
  return body.replace(new RegExp(`(?<![\\w.&])(${names})\\[`, 'g'), '$1[$1_at + ');
}

/**
 * Division of a count by a size whose inverse comes with it: vector integer division is a scalar loop on
 * CPU adapters, and so is the conversion of a float. But the sum of 2^23 and a smaller float is rounded to a whole number, and
 * its bits say which. Exact for what fits a 128 MiB binding of vec4f (0 <= a < 2^23): the product is off by
 * less than one, which the remainder shows.
 */
export const divideHelper: string = `fn divide(a: i32, b: i32, inverse: f32) -> i32 {
  let q = bitcast<i32>(f32(a) * inverse + 8388608.0) - bitcast<i32>(8388608.0);
  let r = a - q * b;
  return q + select(0, 1, r >= b) - select(0, 1, r < 0);
}`;

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

/** The 32-bit words of a uniform block, in the order of the kernel's fields; `depth` is the kernel's layers in z. */
export function blockWords<F extends string>(
  source: KernelSource<F>,
  values: Readonly<Record<F, number>>,
  depth: number,
): number[] {
  const words: number[] = [];
  const known: Readonly<Record<string, number>> = values;
  for (const size of source.sizes) {
    invariant((known[size] ?? 0) >= 1, `${source.name}: a loop runs to ${size}, which is ${known[size]}`);
  }
  for (const field in source.fields) words.push(wordOf(values[field], source.fields[field]));
  if (source.layered) words.push(wordOf(depth, 'i32'), wordOf(1 / depth, 'f32'));
  return words;
}

function wordOf(value: number, type: FieldType): number {
  if (type !== 'f32') return value >>> 0;
  float[0] = value;
  return floatBits[0] ?? NaN;
}

/** Makes a family of kernels: the source for each tuning is written once. */
export function family<T extends readonly (string | number | boolean)[], F extends string>(
  make: (...tuning: T) => KernelSource<F>,
): (...tuning: T) => KernelSource<F> {
  const made = new Map<string, KernelSource<F>>();
  return (...tuning) => {
    const key = tuning.join();
    const known = made.get(key);
    if (known) return known;
    const source = make(...tuning);
    made.set(key, source);
    return source;
  };
}
