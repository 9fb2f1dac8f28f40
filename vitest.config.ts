import { defineConfig } from 'vitest/config';
import { chooseDriver } from './setup/driverChoice.mjs';

// SwiftShader, which set-up falls back to, compiles and runs shaders several times slower than Mesa's lavapipe.
const patience = chooseDriver().driver === 'swiftshader' ? 5 : 1;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: patience * 60_000,
    hookTimeout: patience * 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
