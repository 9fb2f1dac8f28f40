// gather_labels

struct Block {
  count: i32,
}

@group(0) @binding(0) var<storage, read> data: array<i32>;
@group(0) @binding(1) var<storage, read> indices: array<i32>;
@group(0) @binding(2) var<storage, read> step: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<i32>;
@group(0) @binding(4) var<uniform> block: Block;
@group(0) @binding(5) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let data_at = starts0.x;
  let indices_at = starts0.y;
  let step_at = starts0.z;
  let y_at = starts0.w;
  let i = i32(group.x) * 8 + local;
  if (i < u.count) {
    let index = indices[indices_at + i32(step[step_at + 1]) + i];
    let there = index >= 0 && index < i32(arrayLength(&data));
    y[y_at + i] = select(-1, data[data_at + select(0, index, there)], there);
  }
}
