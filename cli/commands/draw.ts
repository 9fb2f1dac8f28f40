/** `nas draw FILE [ARCH]`: a picture of a space, or of one architecture of it, as SVG. */
import { writeFile } from 'node:fs/promises';
import type { Drawing } from '../../compiler/export/draw/drawing.ts';
import { describe, extractDrawing } from '../../compiler/export/draw/extract.ts';
import { renderSvg } from '../../compiler/export/draw/svg.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { readArchitecture, spaceFor } from '../architecture.ts';
import type { Context } from '../context.ts';
import type { SpaceOptions } from '../load.ts';
import { pathFrom } from '../terminal.ts';

export interface DrawOptions extends SpaceOptions {
  /** One cell, or the name of the space for the network around the cells. */
  readonly of?: string;
  readonly output?: string;
}

/** Prints the picture, or writes it to a file. */
export async function draw(
  context: Context,
  file: string,
  arch: string | undefined,
  options: DrawOptions,
): Promise<number> {
  const compiled = await spaceFor(context, file, arch, options);
  const architecture = arch === undefined ? undefined : await readArchitecture(context, arch, compiled);
  const drawing = extractDrawing(compiled.space, architecture, titleOf(compiled.space.name, arch));
  const svg = renderSvg(options.of === undefined ? drawing : only(drawing, options.of));
  if (options.output === undefined) {
    context.print(svg.trimEnd());
    return 0;
  }
  try {
    await writeFile(pathFrom(context.terminal, options.output), svg);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    refuse('unwritableFile', { path: options.output, reason });
  }
  context.print(`wrote ${options.output}`);
  return 0;
}

/** An architecture is known by the name that its file gives it, others by the space's. */
function titleOf(space: string, arch: string | undefined): string {
  return arch !== undefined && /^[A-Za-z_][A-Za-z0-9_]*$/.test(arch) ? arch : space;
}

function only(drawing: Drawing, name: string): Drawing {
  const panels = drawing.panels.filter((panel) => panel.name === name);
  if (panels.length > 0) return { ...drawing, panels, description: describe(panels) };
  const names = drawing.panels.map((panel) => panel.name);
  const space = names.at(-1) ?? '';
  const cells = names.slice(0, -1);
  const has = cells.length > 0 ? `its cells are ${listWords(cells, 'and')}; ` : '';
  const hint = didYouMean(name, names) ?? `${has}\`--of ${space}\` draws the network around them`;
  return refuse('unknownCell', { name, space }, { hint });
}
