/** What `nas insight --json` prints. */
import { CLAIM, type Insight } from '../../runtime/search/insight/insight.ts';

/** Motifs beyond those that are claimed, to see how near the next ones come. */
const MORE_MOTIFS = 10;

/** Everything that was computed, but for motifs that are far from any claim. Numbers that do not exist are `null`. */
export function insightJson({ space, samples, similarity, transfer }: Insight): object {
  return {
    space,
    claimed: `p <= ${CLAIM}`,
    samples: samples.map(({ sample, effects, motifs }) => {
      const { observations, ...what } = sample;
      const claimed = motifs?.motifs.filter(({ p }) => p <= CLAIM).length ?? 0;
      return {
        ...what,
        architectures: observations.length,
        effects: { ...effects, explained: effects.explained ?? null },
        motifs: motifs ? { ...motifs, motifs: motifs.motifs.slice(0, claimed + MORE_MOTIFS) } : null,
      };
    }),
    similarity: similarity ?? null,
    transfer: transfer.map(({ correlations, ...rest }) => ({
      ...rest,
      spearman: correlations?.spearman ?? null,
      kendall: correlations?.kendall ?? null,
    })),
  };
}
