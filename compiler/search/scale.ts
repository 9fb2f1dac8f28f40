/**
 * Proxies by smaller networks: `retrain train(..., scale: SPACE(c: 16, n: 5))` trains the winner at other parameters of the
 * space than it was searched at. Its decisions must be the same there.
 */
import type { ArgNode, Expr, SearchNode } from '../../grammar/ast.ts';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import type { Space } from '../space/space.ts';

/** What `scale` says: the parameters, and where. */
export interface ScaleNode {
  readonly node: Expr;
  readonly args: readonly ArgNode[];
}

/** The `scale` of a search's `retrain`, or what is wrong with it; undefined where there is none. */
export function readScale(search: SearchNode, source: Source): ScaleNode | Diagnostic | undefined {
  const value = search.fields.find(({ name }) => name.text === 'retrain')?.value;
  if (value?.kind !== 'call') return undefined;
  const node = [...value.args, ...value.statics].find(({ name }) => name?.text === 'scale')?.value;
  if (node === undefined) return undefined;
  const isSpace =
    node.kind === 'call' && node.callee.kind === 'reference' && node.callee.name === search.space.text;
  if (isSpace) return { node, args: [...node.args, ...node.statics] };
  const expected = `\`${search.space.text}(...)\`, the space of the search with other parameters`;
  const values = { name: 'scale', found: 'something else than the space' };
  return diagnose('badField', values, { at: { source, span: node.span }, expected });
}

/** Why an architecture of one space may be none of the other; undefined where their decisions are the same. */
export function scaleProblem(small: Space, large: Space): string | undefined {
  const [before, after] = [small, large].map(({ decisions }) =>
    decisions.map(({ path, options }) => `${path} { ${options.map(({ label }) => label).join(', ')} }`),
  );
  const other = after?.find((decision, i) => decision !== before?.[i]);
  if (other !== undefined) return `there it has the decision ${other}`;
  const missing = before?.[after?.length ?? 0];
  return missing === undefined ? undefined : `there it lacks the decision ${missing}`;
}
