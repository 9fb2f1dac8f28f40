/** stub */
export type OperationName = string;
