/** Eigenvalues of symmetric matrices, by Jacobi's rotations (Golub & Van Loan 2013, section 8.5). */

/** Enough sweeps for any matrix: they converge quadratically. */
const SWEEPS = 60;

/** The eigenvalues of a symmetric n x n matrix, row-major, ascending. */
export function symmetricEigenvalues(matrix: Float64Array, n: number): number[] {
  const a = matrix.slice();
  const at = (i: number, j: number): number => a[i * n + j] ?? 0;
  const size = a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += at(i, j) ** 2;
    if (off <= 1e-30 * size) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, n, p, q);
  }
  return Array.from({ length: n }, (_, i) => at(i, i)).sort((x, y) => x - y);
}

/** Makes the element (p, q) zero. */
function rotate(a: Float64Array, n: number, p: number, q: number): void {
  const at = (i: number, j: number): number => a[i * n + j] ?? 0;
  const apq = at(p, q);
  if (apq === 0) return;
  const theta = (at(q, q) - at(p, p)) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [at(k, p), at(k, q)];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [at(p, k), at(q, k)];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
  }
}
