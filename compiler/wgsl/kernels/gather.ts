/** A gather's geometry, and the choice of the template that computes it: see `gatherTemplates.ts`. */
import { fold, THREADS } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, type Binding, type Dispatch } from '../rule.ts';
import { pick, sizeClass } from '../tuning.ts';
import { channelsTemplate, pixelsTemplate, portableTemplate, type GatherKernel } from './gatherTemplates.ts';

/** One axis of a gather. */
export interface GatherAxis {
  /** Outputs along the axis that this dispatch computes. */
  readonly places: number;
  readonly stride: number;
  readonly offset: number;
  readonly step: number;
  readonly taps: number;
  readonly firstTap: number;
  readonly nextTap: number;
  readonly spread: number;
  readonly shift: number;
  readonly inputSize: number;
  readonly outputSize: number;
}

/** A gather; channels are counted in vec4 ("quads"). */
export interface Gather {
  readonly images: number;
  readonly y: GatherAxis;
  readonly x: GatherAxis;
  readonly kernelWidth: number;
  /** Channels that are summed over, unpadded. */
  readonly inputChannels: number;
  /** Rows of weights in memory for one tap, and how many of them exist. */
  readonly weightRows: number;
  readonly outputQuads: number;
}

/** Lanes of a vec4 of input channels that the arithmetic must cover: of few, so that kernels stay few. */
export function depthOf(inputChannels: number): number {
  if (inputChannels >= 4) return 4;
  return inputChannels === 1 ? 1 : 3;
}

/** A template with the pixels and the vec4s of output channels that one workgroup computes. */
interface Tile {
  readonly kernel: GatherKernel;
  readonly pixels: number;
  readonly quads: number;
}

/** Speed of the templates against each other at full tiles, as measured on lavapipe. */
const CHANNELS_ADVANTAGE = 1.3;

/** With so many tiles of 32 pixels there is work for every core; they need fewer loads than those of 16. */
const MANY_TILES = 32;

/**
 * Whether what a row of taps sees is loaded once and slides from tap to tap: up to three neighbours, where rows are whole
 * blocks of pixels. A load costs a CPU adapter as much as forty shuffles. Of a stride's phases some have a single
 * tap: they take the same kernel, which is one to compile.
 */
function slides({ kind }: Profile, { x, y, kernelWidth }: Gather, size: number): boolean {
  const neighbours = kernelWidth > 1 && x.stride === 1 && x.taps > 0 && x.taps <= 3;
  const adjacent = x.taps === 1 || Math.abs(x.step) === 1;
  return kind === 'cpu' && size >= 8 && neighbours && adjacent && y.taps > 0 && x.places % size === 0;
}

/** The tiles that may compute a gather, by name, the best guess first. */
function tilesFor(profile: Profile, gather: Gather, pixelCount: number): ReadonlyMap<string, Tile> {
  const { outputQuads, inputChannels, weightRows } = gather;
  const ragged = weightRows % 4 !== 0;
  const size = profile.subgroupSize;
  if (size === undefined || size < 4 || size > 64) {
    return new Map([['portable', { kernel: portableTemplate(ragged), pixels: THREADS * 4, quads: 1 }]]);
  }
  const quads = outputQuads >= 3 ? 4 : outputQuads;
  const usedByChannels = outputQuads / (Math.ceil(outputQuads / size) * size);
  const usedByPixels = outputQuads / (Math.ceil(outputQuads / quads) * quads);
  const channels = ([32, 16] as const).map((pixels): [string, Tile] => [
    `channels ${pixels}`,
    { kernel: channelsTemplate(size, pixels, ragged), pixels, quads: size },
  ]);
  if ((pixelCount / 32) * Math.ceil(outputQuads / size) < MANY_TILES) channels.reverse();
  const blocks = 4;
  const depth = depthOf(inputChannels);
  const sliding = slides(profile, gather, size);
  const byPixels: [string, Tile] = [
    'pixels',
    { kernel: pixelsTemplate(size, blocks, quads, depth, ragged, sliding), pixels: blocks * size, quads },
  ];
  if (usedByChannels * CHANNELS_ADVANTAGE >= usedByPixels) return new Map([...channels, byPixels]);
  // Lanes over channels that are not there: no measurement would take them.
  return new Map(usedByChannels * 4 >= usedByPixels ? [byPixels, ...channels] : [byPixels]);
}

/** The dispatch that computes a gather. */
export function gatherDispatch(
  profile: Profile,
  gather: Gather,
  [x, w, y]: readonly [Binding, Binding, Binding],
): Dispatch {
  const pixels = gather.images * gather.y.places * gather.x.places;
  const taps = gather.y.taps * gather.x.taps;
  const question = `gather: ${taps} taps, ${gather.inputChannels} to ${gather.outputQuads * 4} channels, ${sizeClass(pixels)} pixels`;
  const { chosen, asked } = pick(profile, question, tilesFor(profile, gather, pixels));
  const { kernel: source, pixels: tilePixels, quads } = chosen;
  const tiles = fold(Math.ceil(pixels / tilePixels));
  const made = dispatch(
    source,
    [x, w, y],
    {
      pixels,
      columns: gather.x.places,
      inverseColumns: 1 / gather.x.places,
      rows: gather.y.places,
      inverseRows: 1 / gather.y.places,
      inputHeight: gather.y.inputSize,
      inputWidth: gather.x.inputSize,
      inputQuads: Math.ceil(gather.inputChannels / 4),
      outputHeight: gather.y.outputSize,
      outputWidth: gather.x.outputSize,
      outputQuads: gather.outputQuads,
      weightRows: gather.weightRows,
      kernelWidth: gather.kernelWidth,
      strideY: gather.y.stride,
      strideX: gather.x.stride,
      offsetY: gather.y.offset,
      offsetX: gather.x.offset,
      stepY: gather.y.step,
      stepX: gather.x.step,
      tapsY: gather.y.taps,
      tapsX: gather.x.taps,
      firstY: gather.y.firstTap,
      firstX: gather.x.firstTap,
      nextY: gather.y.nextTap,
      nextX: gather.x.nextTap,
      spreadY: gather.y.spread,
      spreadX: gather.x.spread,
      shiftY: gather.y.shift,
      shiftX: gather.x.shift,
      tilesWidth: tiles.width,
    },
    [tiles.width, Math.ceil(gather.outputQuads / quads), tiles.height],
  );
  return asked ? { ...made, asked } : made;
}
