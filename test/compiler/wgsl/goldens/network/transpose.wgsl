// transpose

struct Block {
  rows: i32,
  quads: i32,
  rowQuads: i32,
  inputStride: i32,
  outputRows: i32,
  layers: i32,
  inverseLayers: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> block: Block;
@group(0) @binding(3) var<uniform> starts: array<vec4i, 256>;

fn divide(a: i32, b: i32, inverse: f32) -> i32 {
  let q = bitcast<i32>(f32(a) * inverse + 8388608.0) - bitcast<i32>(8388608.0);
  let r = a - q * b;
  return q + select(0, 1, r >= b) - select(0, 1, r < 0);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let u = block;
  let local = i32(invocation);
  let instance = divide(i32(workgroup.z), u.layers, u.inverseLayers);
  let group = vec3u(workgroup.xy, u32(i32(workgroup.z) - instance * u.layers));
  let starts0 = starts[instance * 1 + 0];
  let x_at = starts0.x;
  let y_at = starts0.y;
  let quad = i32(group.x) * 64 + local;
  let block = i32(group.y);
  let matrix = i32(group.z);
  if (quad < u.quads) {
    let start = matrix * u.inputStride + quad;
    let to = matrix * u.outputRows * u.rowQuads + block;
    let row0 = block * 4 + 0;
    let a0 = select(vec4f(), x[x_at + start + min(row0, u.rows - 1) * u.quads], row0 < u.rows);
    let row1 = block * 4 + 1;
    let a1 = select(vec4f(), x[x_at + start + min(row1, u.rows - 1) * u.quads], row1 < u.rows);
    let row2 = block * 4 + 2;
    let a2 = select(vec4f(), x[x_at + start + min(row2, u.rows - 1) * u.quads], row2 < u.rows);
    let row3 = block * 4 + 3;
    let a3 = select(vec4f(), x[x_at + start + min(row3, u.rows - 1) * u.quads], row3 < u.rows);
    if (quad * 4 + 0 < u.outputRows) {
      y[y_at + to + (quad * 4 + 0) * u.rowQuads] = vec4f(a0.x, a1.x, a2.x, a3.x);
    }
    if (quad * 4 + 1 < u.outputRows) {
      y[y_at + to + (quad * 4 + 1) * u.rowQuads] = vec4f(a0.y, a1.y, a2.y, a3.y);
    }
    if (quad * 4 + 2 < u.outputRows) {
      y[y_at + to + (quad * 4 + 2) * u.rowQuads] = vec4f(a0.z, a1.z, a2.z, a3.z);
    }
    if (quad * 4 + 3 < u.outputRows) {
      y[y_at + to + (quad * 4 + 3) * u.rowQuads] = vec4f(a0.w, a1.w, a2.w, a3.w);
    }
  }
}
