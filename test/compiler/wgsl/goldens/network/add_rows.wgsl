// add_rows

struct Block {
  rows: i32,
  mean: i32,
}

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<i32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

@compute @workgroup_size(1)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = i32(group.z);
  let starts0 = starts[instance * 1 + 0];
  let values_at = starts0.x;
  let labels_at = starts0.y;
  let y_at = starts0.z;
  var sum = 0.0;
  var counted = 0;
  if (local < u.rows) {
    for (var row = local; row < 2147483647; row++) {
      sum += values[values_at + row];
      counted += select(0, 1, labels[labels_at + row] >= 0);
      if (row + 1 >= u.rows) {
        break;
      }
    }
  }
  let divisor = select(1, max(counted, 1), u.mean != 0);
  y[y_at + 0] = vec4f(sum / f32(divisor), 0, 0, 0);
}
