/**
 * The program that outlives its supervisor: it holds the reading end of a pipe whose writing end only the supervisor has.
 * When that end closes, be it by a tidy stop or by `kill -9`, it ends everything the ledger names and then itself.
 * Started detached by `createSupervisor` with the state directory as its only argument.
 */
import { sweep } from './sweep.ts';

const [, , stateDir] = process.argv;
if (stateDir === undefined) throw new Error('usage: reaper.ts STATE_DIR');

// A terminal's Ctrl-C or hang-up is for the supervisor; the pipe tells how that went.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.stdin.resume();
process.stdin.once('close', () => {
  void sweep(stateDir).finally(() => process.exit(0));
});
process.stdout.on('error', () => undefined);
process.stdout.write('ready\n');
