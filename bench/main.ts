/**
 * `npm run bench -- NAME [options]`: measures one thing about Cutover on this machine. Figures go to stdout (with `--json` as
 * one JSON object, the last line), what goes on meanwhile to stderr. Exit code: 64 for a bench nobody knows, otherwise
 * the bench's own.
 */
const BENCHES: Readonly<Record<string, (options: readonly string[]) => Promise<number>>> = {
  // A bench loads a whole world; a wrong name should be answered at once.
  judgement: async (options) => (await import('./judgement/judgement.ts')).judgement(options),
  overhead: async (options) => (await import('./overhead/overhead.ts')).overhead(options),
  rollback: async (options) => (await import('./rollback/rollback.ts')).rollback(options),
};

const [name = '', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  const found = name === '' ? 'no bench was named' : `there is no bench ${JSON.stringify(name)}`;
  process.stderr.write(`${found}; allowed: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 64;
} else {
  process.exitCode = await bench(args);
}
