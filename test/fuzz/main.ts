/**
 * `npm run fuzz [-- --inputs N --seed N --only NAME]`: wrong inputs for every parser, a million by default, spread evenly. Prints
 * each input that is answered by an uncaught error, and ends with one JSON object. Exit code 1 where there is one.
 */
import { parseArgs } from 'node:util';
import { fuzz, type FuzzFinding } from './fuzz.ts';
import { FUZZ_TARGETS } from './targets.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const targets = FUZZ_TARGETS.filter(
  ({ name }) => values.only === undefined || name === values.only,
);
const each = Math.ceil(Number(values.inputs) / targets.length);
if (targets.length === 0 || !Number.isInteger(each) || each < 1 || !Number.isInteger(seed)) {
  process.stderr.write(
    `wrong usage; allowed: --inputs N, --seed N, --only ${FUZZ_TARGETS.map(({ name }) => name).join('|')}\n`,
  );
  process.exit(64);
}

const startedMs = performance.now();
const findings: FuzzFinding[] = [];
for (const target of targets) {
  const fromMs = performance.now();
  const finding = fuzz(target, each, seed);
  const seconds = ((performance.now() - fromMs) / 1000).toFixed(1);
  process.stderr.write(
    `${target.name}: ${finding === null ? `${each} inputs` : 'FOUND'} in ${seconds} s\n`,
  );
  if (finding === null) continue;
  findings.push(finding);
  process.stderr.write(`  input ${finding.input.slice(0, 4_000)}\n  ${finding.thrown}\n`);
}
const inputs = each * targets.length;
const seconds = Math.round((performance.now() - startedMs) / 1000);
process.stdout.write(
  `${JSON.stringify({ parsers: targets.length, inputs, seed, findings: findings.length, seconds })}\n`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
