/** Which elements of a larger weight a smaller one is: see `compiler/wgsl/kernels/slices.ts`, which copies them on devices. */
import { present } from '../../util/invariant.ts';
import type { Shape } from '../graph/graph.ts';
import { elementsOf, sameShape } from '../ops/shapes.ts';

/**
 * For each element of the slice, in logical layout, its index in the whole: the first channels and units, and the middle of a
 * kernel, whose axes are the first two of three or more. Undefined where they are of one shape.
 */
export function sliceIndices(slice: Shape, whole: Shape): Int32Array | undefined {
  if (sameShape(slice, whole)) return undefined;
  const found = new Int32Array(elementsOf(slice));
  found.forEach((_, element) => {
    let [rest, index, stride] = [element, 0, 1];
    for (let axis = slice.length - 1; axis >= 0; axis--) {
      const [smaller, larger] = [present(slice[axis], 'an axis'), present(whole[axis], 'an axis')];
      const before = slice.length > 2 && axis < 2 ? (larger - smaller) >> 1 : 0;
      index += ((rest % smaller) + before) * stride;
      rest = Math.floor(rest / smaller);
      stride *= larger;
    }
    found[element] = index;
  });
  return found;
}
