/** Why the networks of a space cannot share weights under a method. */
import { searchForm } from '../../compiler/share/searchForm.ts';
import { sharedParameters } from '../../compiler/share/parameters.ts';
import { relax } from '../../compiler/space/relax.ts';
import type { Space } from '../../compiler/space/space.ts';
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { StrategyArguments } from '../search/strategy.ts';
import type { MethodKind } from './methods/table.ts';

/** The reasons, each with what would work; none where the method works. `args` holds a value for every argument. */
export function whyUnfit(
  name: string,
  kind: MethodKind,
  args: StrategyArguments,
  space: Space,
): readonly Diagnostic[] {
  const { zero = false, ...form } = kind.form(args);
  try {
    const searched = searchForm(space, form);
    sharedParameters(searched);
    if (!kind.gated) return [];
    const { alphas } = relax(searched, { batch: 1, mode: 'batch statistics', zero, gates: 'given' });
    // Of subsets a supernet holds every candidate: paths can drop out of it, but nothing weights them.
    if (alphas.length > 0 || !kind.derives) return [];
    const problem = 'no tensor of it depends on a choice';
    return [
      diagnose(
        'strategyUnfit',
        { strategy: name, space: space.name, problem },
        { hint: 'declare a `choose`' },
      ),
    ];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hint =
      'write `strategy enas`, or `evaluate shared(train: paths)`, which train one network at a time';
    return error.diagnostics.map(({ message }) =>
      diagnose('strategyUnfit', { strategy: name, space: space.name, problem: message }, { hint }),
    );
  }
}
