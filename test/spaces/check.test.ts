/** Every shipped file is what `nas check` wants. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../runtime/packageRoot.ts';
import { nas } from '../cli/runNas.ts';

for (const folder of ['spaces', 'library']) {
  const names = readdirSync(join(packageRoot(), folder)).filter((name) => name.endsWith('.nas'));
  test.each(names)(`nas check ${folder}/%s`, async (name) => {
    const { code, err } = await nas(`check ${folder}/${name}`, { cwd: packageRoot() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
}
