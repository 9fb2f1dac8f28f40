/** Finds a Python that has PyTorch; it is not among the packages that we install. */
import { spawnSync } from 'node:child_process';

/** The command of a Python with PyTorch, Debian's own first; undefined where there is none. */
export function pythonWithTorch(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, ['-c', 'import torch']).status === 0);
}

/** Why there is no PyTorch, and what to do. */
export const noTorch = 'there is no python3 with torch (Debian: apt-get install python3-torch)';
