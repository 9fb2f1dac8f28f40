/** The check of static arguments, where the elaboration of spaces looks for it. */
export { checkAttribute, type CheckedAttribute } from '../ops/attributeKinds.ts';
