/** `--set PATH=VALUE`: read, and told apart into parameters of a space and fields of a search. */
import type { Expr, SpaceNode } from '../grammar/ast.ts';
import { diagnose, type Diagnostic } from '../grammar/diagnostics.ts';
import { parseExpression } from '../grammar/parse.ts';
import type { Source } from '../grammar/source.ts';
import { didYouMean } from '../util/didYouMean.ts';
import { listWords } from '../util/words.ts';
import { searchFields } from './search/check.ts';
import type { SearchOverride } from './search/overrides.ts';
import type { Override } from './space/elaborate.ts';

/** `--set PATH=VALUE`, as typed. */
export interface Setting {
  readonly path: string;
  readonly value: string;
}

function readSetting({ path, value }: Setting): {
  readonly value: Expr | undefined;
  readonly source: Source;
  readonly problems: readonly Diagnostic[];
} {
  const source: Source = { name: `--set ${path}`, text: value };
  const parsed = parseExpression(source);
  return { value: parsed.value, source, problems: parsed.diagnostics };
}

/** Settings of a space alone: `space.NAME` and `NAME` are the same. */
export function overridesOf(settings: readonly Setting[]): {
  readonly overrides: readonly Override[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const overrides: Override[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const setting of settings) {
    const { value, source, problems } = readSetting(setting);
    diagnostics.push(...problems);
    if (value) overrides.push({ name: setting.path.replace(/^space\./, ''), value, source });
  }
  return { overrides, diagnostics };
}

/**
 * Settings of the space's parameters and settings of the search's fields. `space.NAME` is always the former,
 * `search.FIELD` always the latter; a bare name that could be both is the space's.
 */
export function sortSettings(
  settings: readonly Setting[],
  space: SpaceNode,
): {
  readonly space: readonly Override[];
  readonly search: readonly SearchOverride[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const ofSpace: Override[] = [];
  const ofSearch: SearchOverride[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const setting of settings) {
    const { value, source, problems } = readSetting(setting);
    diagnostics.push(...problems);
    if (!value) continue;
    const path = setting.path.split('.');
    const isParam = space.params.some((p) => p.name.text === setting.path);
    if (path[0] === 'space' && path.length > 1)
      ofSpace.push({ name: path.slice(1).join('.'), value, source });
    else if (path[0] === 'search' && path.length > 1) ofSearch.push({ path: path.slice(1), value, source });
    else if (!isParam && searchFields.some((f) => f === path[0])) ofSearch.push({ path, value, source });
    else if (isParam) ofSpace.push({ name: setting.path, value, source });
    else {
      const names = [...space.params.map((p) => p.name.text), ...searchFields];
      const params = space.params.map((p) => p.name.text);
      const has = params.length > 0 ? `it has ${listWords(params, 'and')}; ` : '';
      const hint =
        didYouMean(path[0] ?? '', names) ??
        `${has}the search has the fields ${listWords(searchFields, 'and')}`;
      diagnostics.push(
        diagnose('unknownParameter', { space: space.name.text, name: setting.path }, { hint }),
      );
    }
  }
  return { space: ofSpace, search: ofSearch, diagnostics };
}
