/**
 * Writes the generated tables of docs/language.md, docs/records.md, docs/onnx.md and docs/strategies/README.md: `npm run docs`.
 * With `--check` it only says whether they are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { catalogue } from '../grammar/catalogue.ts';
import { parse } from '../grammar/parse.ts';
import { ignored } from '../compiler/import/attributes.ts';
import { onnxTable } from '../compiler/import/table.ts';
import { optimizerNames, optimizerOf, parametersOf } from '../compiler/optimizers/table.ts';
import { isCallable, operations } from '../compiler/ops/operations.ts';
import { genomeActivations } from '../compiler/records/activations.ts';
import { programOps } from '../compiler/records/programOps.ts';
import { staticFunctions } from '../compiler/space/functions.ts';
import { nodeHost } from '../runtime/host.ts';
import { strategies } from '../runtime/search/strategies/table.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function operationRows(): string[] {
  return Object.entries(operations).map(([name, { doc, params, operator }]) => {
    const written = params.map((p) => (p.default === undefined ? p.name : `${p.name}: ${String(p.default)}`));
    const call = written.length > 0 ? `${name}(${written.join(', ')})` : name;
    return row(`\`${isCallable(name) ? call : (operator ?? name)}\``, doc);
  });
}

function functionRows(): string[] {
  return Object.entries(staticFunctions).map(([name, { doc }]) => row(`\`${name}(...)\``, doc));
}

function libraryRows(): string[] {
  return nodeHost().library.flatMap((source) => {
    const declarations = parse(source).value?.declarations ?? [];
    return declarations.flatMap((d) => {
      if (d.kind !== 'motif') return [];
      const statics = d.params.map((p) => p.name.text).join(', ');
      return [row(`\`${d.name.text}(${statics})\``, d.doc ?? '')];
    });
  });
}

function diagnosticRows(): string[] {
  const entries = Object.values(catalogue).sort((a, b) => (a.code < b.code ? -1 : 1));
  return entries.map(({ code, title }) => row(code, title));
}

/** Tables of docs/records.md come with their heads. */
function activationRows(): string[] {
  const rows = Object.entries(genomeActivations).map(([name, { doc }]) => row(`\`${name}\``, doc));
  return ['| activation | makes of x |', '| --- | --- |', ...rows];
}

function instructionRows(): string[] {
  const rows = Object.entries(programOps).map(([name, { inputs, output, constants, doc }]) =>
    row(`\`${name}\``, inputs.join(', '), output ?? '', constants.join(', '), doc),
  );
  return [
    '| instruction | reads | writes | constants | result |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

/** What an ONNX operator is called, reads and has, and what becomes of it. */
function onnxRows(): string[] {
  const rows = Object.entries(onnxTable).map(([name, { doc, since = 1, domain, inputs, attributes }]) => {
    const written = Object.entries(attributes)
      .filter(([, kind]) => kind !== ignored)
      .map(([attribute, kind]) => `\`${attribute}\` (${kind.doc})`);
    return row(domain ? `${name} (${domain})` : name, `${since}`, inputs, written.join('; '), doc);
  });
  return ['| operator | since | inputs | attributes | result |', '| --- | --- | --- | --- | --- |', ...rows];
}

function optimizerRows(): string[] {
  const rows = optimizerNames.map((name) => {
    const { doc, equations, paper } = optimizerOf(name);
    const parameters = parametersOf(name).map(
      ([, parameter]) => `\`${parameter.word}: ${String(parameter.default)}\` ${parameter.doc}`,
    );
    return row(`\`${name}\``, parameters.join('; '), `${doc} ${equations} (${paper})`);
  });
  return ['| optimiser | parameters | a step on weight w with gradient g |', '| --- | --- | --- |', ...rows];
}

/** With a link to the page of each. */
function strategyRows(): string[] {
  const rows = Object.entries(strategies).map(([name, { doc, several }]) =>
    row(`[${name}](${name}.md)`, doc, several ? 'all' : 'the first'),
  );
  return ['| strategy | what it does | objectives that it follows |', '| --- | --- | --- |', ...rows];
}

const tables: Record<string, () => string[]> = {
  operations: operationRows,
  functions: functionRows,
  library: libraryRows,
  diagnostics: diagnosticRows,
  activations: activationRows,
  instructions: instructionRows,
  onnx: onnxRows,
  optimizers: optimizerRows,
  strategies: strategyRows,
};

/** The text with every generated part made anew. */
export function regenerate(text: string): string {
  return text.replaceAll(/<!-- generated: (\w+) -->\n[^]*?<!-- end -->/g, (whole, name: string) => {
    const make = tables[name];
    if (!make) throw new Error(`no table is called ${name}`);
    return `<!-- generated: ${name} -->\n${make().join('\n')}\n<!-- end -->`;
  });
}

if (process.argv[1]?.endsWith('generate.ts')) {
  for (const page of ['language.md', 'records.md', 'onnx.md', 'strategies/README.md']) {
    const path = new URL(page, import.meta.url);
    const before = readFileSync(path, 'utf8');
    const after = regenerate(before);
    if (process.argv.includes('--check')) {
      if (before !== after) throw new Error(`docs/${page} is out of date: run npm run docs`);
    } else writeFileSync(path, after);
  }
}
