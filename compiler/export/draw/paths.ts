/** Paths of sites: `high[0].normal.dag.n[1].add`, taken apart and compared. */

/** The segments of a site; dots inside of brackets part nothing. */
export function segmentsOf(site: string): readonly string[] {
  const segments: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < site.length; i++) {
    const c = site[i];
    if (c === '[' || c === '(') depth++;
    else if (c === ']' || c === ')') depth--;
    else if (c === '.' && depth === 0) {
      segments.push(site.slice(start, i));
      start = i + 1;
    }
  }
  segments.push(site.slice(start));
  return segments;
}

/** The name that a segment was given in the text: `conv` for `conv_2`, `n` for `n_2[3]`. */
export function baseOf(segment: string): string {
  return unclaimed(segment).replace(/\[.*$/s, '');
}

/** The segment without the number of a repeated name: `n[3]` for `n_2[3]`. */
export function unclaimed(segment: string): string {
  return segment.replace(/^([A-Za-z_]\w*?)_\d+(?=\[|$)/, '$1');
}

/** What stands in the last brackets of a segment, if it ends with them. */
export function indexOf(segment: string): string | undefined {
  return /^[^[]*\[(.*)\]$/s.exec(segment)?.[1];
}

export const joined = (segments: readonly string[]): string => segments.join('.');

/** Whether `path` is `prefix` or below it. */
export function isBelow(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((segment, i) => segment === path[i]);
}
