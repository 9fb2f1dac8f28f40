/** The form of measured answers, wherever they are read. */
import { z } from 'zod';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';

/** Questions and answers are short. */
const words = z.string().max(200);

export const tuningForm: z.ZodType<Tuning> = z.record(words, words);
