/**
 * The traffic generator as a process of its own:
 * `node sandbox/traffic/main.ts --target http://127.0.0.1:PORT --control-port PORT [--requests-per-second 150]
 * [--sessions 0] [--seed 1]`. Prints its control origin on a line once it serves; ends on SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startTrafficControl } from './traffic-control.ts';
import { startTraffic } from './traffic-generator.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    'control-port': { type: 'string', default: '0' },
    'requests-per-second': { type: 'string', default: '150' },
    sessions: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const options = z
  .object({
    target: z.url(),
    'control-port': z.coerce.number().int().min(0).max(65_535),
    'requests-per-second': z.coerce.number().min(0).max(5_000),
    sessions: z.coerce.number().int().min(0),
    seed: z.coerce.number().int(),
  })
  .parse(values);

const generator = startTraffic({
  target: options.target,
  requestsPerSecond: options['requests-per-second'],
  sessions: options.sessions,
  seed: options.seed,
});
const control = await startTrafficControl(generator, options['control-port']);
process.stdout.write(`${control.origin}\n`);

const end = (): void => void Promise.all([generator.stop(), control.close()]);
process.once('SIGTERM', end);
process.once('SIGINT', end);
