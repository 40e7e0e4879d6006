/** A program for tests: supervises two children in the directory it is given, says so, and goes on until it is ended. */
import { createSupervisor } from '#sandbox/processes/supervisor.ts';

const [, , stateDir = ''] = process.argv;
const supervisor = await createSupervisor({ stateDir });
for (const name of ['first', 'second']) {
  await supervisor.spawn({ name, command: 'sleep', args: ['600'] });
}
process.on('SIGTERM', () => {
  void supervisor.stop().then(() => process.exit(0));
});
process.stdout.write('supervising\n');
