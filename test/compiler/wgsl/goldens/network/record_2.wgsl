// record_2

struct Block {
  slots: i32,
}

@group(0) @binding(0) var<storage, read> scalar0: array<f32>;
@group(0) @binding(1) var<storage, read> scalar1: array<f32>;
@group(0) @binding(2) var<storage, read> step: array<u32>;
@group(0) @binding(3) var<storage, read_write> records: array<f32>;
@group(0) @binding(4) var<uniform> block: Block;
@group(0) @binding(5) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(1)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let scalar0_at = starts0.x;
  let scalar1_at = starts0.y;
  let step_at = starts0.z;
  let records_at = starts0.w;
  let slot = i32(step[step_at + 2]);
  if (slot < u.slots && local == 0) {
    records[records_at + slot * 2 + 0] = scalar0[scalar0_at + 0];
    records[records_at + slot * 2 + 1] = scalar1[scalar1_at + 0];
  }
}
