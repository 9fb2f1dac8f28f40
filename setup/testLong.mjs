// `npm run test:long`: `npm test`, in which the tests that try many inputs try more of them; see test/long.ts.
process.env.NASLANG_LONG = '1';
await import('./test.mjs');
