/** How traces and messages call an op of a network. */
import type { OpName } from '../ops/attributes.ts';

/** What of an op's node is in its label. */
export interface Labelled {
  readonly op: OpName;
  readonly attributes: object;
  readonly site: string;
}

/** The op and where it stands, `conv early.conv`; of a named function its name, too: `activation(exp) head`. */
export function opLabel({ op, attributes, site }: Labelled): string {
  const name = 'name' in attributes ? `${op}(${String(attributes.name)})` : op;
  return site ? `${name} ${site}` : name;
}
