/** `nas doctor`: what this machine offers to train networks with. */
import { collectDoctor, renderDoctor } from '../../runtime/device/doctor.ts';
import type { Context } from '../context.ts';

export interface DoctorOptions {
  readonly json?: boolean;
}

/** Prints the report; 1 where networks cannot be trained. */
export async function doctor(context: Context, options: DoctorOptions): Promise<number> {
  const report = await collectDoctor();
  if (options.json) context.printJson(report);
  else context.print(renderDoctor(report).trimEnd());
  return report.adapter === undefined ? 1 : 0;
}
