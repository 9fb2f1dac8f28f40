/** What commands say of genomes and programs. */
import type { Genome } from '../compiler/records/genome.ts';
import {
  countPrograms,
  functionNames,
  instructionForms,
  type FunctionName,
  type ProgramSpace,
} from '../compiler/records/program.ts';
import { countOf } from '../util/words.ts';
import { formatCount } from './format.ts';

/** Counts of more digits are told by their size. */
const digitLimit = 60;

/** `168^20 = 320,764,... programs` */
export function programsText(space: ProgramSpace): string {
  const powers = new Map<number, number>();
  for (const name of functionNames) {
    const forms = instructionForms(space, name);
    powers.set(forms, (powers.get(forms) ?? 0) + space.functions[name].length);
  }
  const product = [...powers].map(([base, power]) => `${base}^${power}`).join(' * ');
  return `${product} = ${sizeText(countPrograms(space))} programs`;
}

/** `41,234`, or `about 3.2e+71` */
function sizeText(count: bigint): string {
  const digits = count.toString();
  if (digits.length <= digitLimit) return formatCount(count);
  return `about ${digits.slice(0, 1)}.${digits.slice(1, 2)}e+${digits.length - 1}`;
}

/** `no finite number of networks: 2 inputs and a bias, 1 output, up to 64 nodes` */
export function genomeText({ inputs, bias, outputs, recurrent, maxNodes }: Genome): string {
  const parts = [
    `${countOf(inputs, 'input')}${bias ? ' and a bias' : ''}`,
    countOf(outputs, 'output'),
    `up to ${formatCount(maxNodes)} nodes`,
    ...(recurrent ? ['recurrent'] : []),
  ];
  return `no finite number of networks: ${parts.join(', ')}`;
}

/** Of each function, how long it is and how many forms an instruction of it has. */
export function functionSizes(
  space: ProgramSpace,
): Readonly<Record<FunctionName, { readonly length: number; readonly forms: number }>> {
  const size = (name: FunctionName): { readonly length: number; readonly forms: number } => ({
    length: space.functions[name].length,
    forms: instructionForms(space, name),
  });
  return { setup: size('setup'), predict: size('predict'), learn: size('learn') };
}
