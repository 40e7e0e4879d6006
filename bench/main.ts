/**
 * `npm run bench -- NAME [options]`: measures one thing about Cutover on this machine; without a name, or as `all`, everything (`all/all.ts`). Figures go to stdout (with `--json` as
 * one JSON object, the last line), what goes on meanwhile to stderr. Exit code: 64 for a bench nobody knows, otherwise
 * the bench's own.
 */
const BENCHES: Readonly<Record<string, (options: readonly string[]) => Promise<number>>> = {
  // A bench loads a whole world; a wrong name should be answered at once.
  judgement: async (options) => (await import('./judgement/judgement.ts')).judgement(options),
  overhead: async (options) => (await import('./overhead/overhead.ts')).overhead(options),
  preflight: async (options) => (await import('./preflight/preflight.ts')).preflight(options),
  rollback: async (options) => (await import('./rollback/rollback.ts')).rollback(options),
  scale: async (options) => (await import('./scale/scale.ts')).scale(options),
};

const [name = 'all', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (name === 'all') {
  process.exitCode = await (await import('./all/all.ts')).all(args, Object.keys(BENCHES));
} else if (bench === undefined) {
  process.stderr.write(
    `there is no bench ${JSON.stringify(name)}; allowed: all, ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exitCode = 64;
} else {
  process.exitCode = await bench(args);
}
