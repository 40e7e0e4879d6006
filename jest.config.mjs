/** Node 24 runs the sources as they are; swc only strips types for jest's module loader. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  // Jest would leave a core idle; suites that start servers spend most of their time waiting.
  maxWorkers: 2,
  // Workflow tests mostly wait for a server: many of one file run at once.
  maxConcurrency: 12,
  // A bound for what hangs, not a measure of speed: machines are shared and noisy.
  testTimeout: 120_000,
};
