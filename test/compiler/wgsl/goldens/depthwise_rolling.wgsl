// depthwise_rolling_8_3
enable subgroups;

struct Block {
  items: i32,
  quads: i32,
  columns: i32,
  inverseColumns: f32,
  rows: i32,
  inRows: i32,
  inColumns: i32,
  strideY: i32,
  inverseStrideY: f32,
  strideX: i32,
  beforeY: i32,
  beforeX: i32,
  dilationY: i32,
  dilationX: i32,
  spreadY: i32,
  inverseSpreadY: f32,
  spreadX: i32,
  inverseSpreadX: f32,
  phaseStep: i32,
  steps: i32,
  pitch: i32,
  tiles: i32,
  slices: i32,
  layers: i32,
  inverseLayers: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> block: Block;
@group(0) @binding(4) var<uniform> starts: array<vec4i, 256>;

fn divide(a: i32, b: i32, inverse: f32) -> i32 {
  let q = i32(f32(a) * inverse);
  let r = a - q * b;
  return q + select(0, 1, r >= b) - select(0, 1, r < 0);
}

@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(subgroup_invocation_id) invocation: u32,
) {
  let u = block;
  let lane = i32(invocation);
  let instance = divide(i32(workgroup.z), u.layers, u.inverseLayers);
  let group = vec3u(workgroup.xy, u32(i32(workgroup.z) - instance * u.layers));
  let starts0 = starts[instance * 1 + 0];
  let x_at = starts0.x;
  let w_at = starts0.y;
  let y_at = starts0.z;
  let number = i32(group.x) * 8 + lane;
  let quad = i32(group.y);
  let phase = i32(group.z) * u.phaseStep;
  let mine = number < u.items;
  let item = min(number, u.items - 1);
  let image = divide(item, u.columns, u.inverseColumns);
  let column = item - image * u.columns;
  let first_line = image * u.inRows;
  let v0 = column * u.strideX - u.beforeX + 0 * u.dilationX;
  let c0 = divide(max(v0, 0), u.spreadX, u.inverseSpreadX);
  let inside0 = mine && c0 * u.spreadX == v0 && c0 < u.inColumns;
  let at0 = select(0, c0, inside0);
  let v1 = column * u.strideX - u.beforeX + 1 * u.dilationX;
  let c1 = divide(max(v1, 0), u.spreadX, u.inverseSpreadX);
  let inside1 = mine && c1 * u.spreadX == v1 && c1 < u.inColumns;
  let at1 = select(0, c1, inside1);
  let v2 = column * u.strideX - u.beforeX + 2 * u.dilationX;
  let c2 = divide(max(v2, 0), u.spreadX, u.inverseSpreadX);
  let inside2 = mine && c2 * u.spreadX == v2 && c2 < u.inColumns;
  let at2 = select(0, c2, inside2);
  let tap0 = min(lane + 0, 8);
  let ky0 = tap0 / 3;
  let l0 = w[w_at + (ky0 * u.pitch + tap0 - ky0 * 3) * u.quads + quad];
  let tap1 = min(lane + 8, 8);
  let ky1 = tap1 / 3;
  let l1 = w[w_at + (ky1 * u.pitch + tap1 - ky1 * 3) * u.quads + quad];
  var s0 = vec4f();
  var s1 = vec4f();
  for (var t = 0; t < u.steps; t++) {
    let vy = phase + t * u.dilationY - u.beforeY;
    let in_row = divide(max(vy, 0), u.spreadY, u.inverseSpreadY);
    let row_inside = in_row * u.spreadY == vy && in_row < u.inRows;
    let line = (first_line + select(0, in_row, row_inside)) * u.inColumns;
    let x0 = select(vec4f(), x[x_at + (line + at0) * u.quads + quad], row_inside && inside0);
    let x1 = select(vec4f(), x[x_at + (line + at1) * u.quads + quad], row_inside && inside1);
    let x2 = select(vec4f(), x[x_at + (line + at2) * u.quads + quad], row_inside && inside2);
    let sum = s1 + x0 * subgroupBroadcast(l0, 6) + x1 * subgroupBroadcast(l0, 7) + x2 * subgroupBroadcast(l1, 0);
    s1 = s0 + x0 * subgroupBroadcast(l0, 3) + x1 * subgroupBroadcast(l0, 4) + x2 * subgroupBroadcast(l0, 5);
    s0 = x0 * subgroupBroadcast(l0, 0) + x1 * subgroupBroadcast(l0, 1) + x2 * subgroupBroadcast(l0, 2);
    let v = phase + (t - 2) * u.dilationY;
    let row = divide(max(v, 0), u.strideY, u.inverseStrideY);
    let row_exists = row * u.strideY == v && row < u.rows;
    if (row_exists && mine) {
      y[y_at + ((image * u.rows + row) * u.columns + column) * u.quads + quad] = sum;
    }
  }
}
