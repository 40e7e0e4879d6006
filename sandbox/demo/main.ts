/**
 * `npm run demo [-- --scenario NAME|all] [--json] [--keep]`: sets everything up, runs the main job under real traffic and
 * explains what it does while it does it. With `--json` the explanation goes to stderr and the last line of stdout is one
 * JSON object. Exit code: the outcome's (README, "Commands"); 1 when the figures do not bear the outcome out. `all` tells every
 * scenario, one after the other, each in a process of its own: one report each, exit code 0 if each ended as documented.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import { SANDBOX_TOOLS, startSandbox } from '#sandbox/world/sandbox.ts';
import { Narrator } from './narrator.ts';
import { runDemo } from './run-demo.ts';
import { runAll } from './run-all.ts';
import { badGreen } from './scenarios/bad-green.ts';
import { blueShrunk } from './scenarios/blue-shrunk.ts';
import { completed } from './scenarios/completed.ts';
import { foreignEdit } from './scenarios/foreign-edit.ts';
import { ingress } from './scenarios/ingress.ts';
import { lateWrite } from './scenarios/late-write.ts';
import { latency } from './scenarios/latency.ts';
import { metricsLost } from './scenarios/metrics-lost.ts';
import { rejected } from './scenarios/rejected.ts';
import { sticky } from './scenarios/sticky.ts';
import { targetsDie } from './scenarios/targets-die.ts';
import type { DemoReport, Scenario } from './scenario.ts';
import { showReport } from './show-report.ts';

const SCENARIOS: readonly Scenario[] = [
  completed,
  badGreen,
  rejected,
  latency,
  metricsLost,
  foreignEdit,
  sticky,
  lateWrite,
  targetsDie,
  ingress,
  blueShrunk,
];

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: completed.name },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
    strict: true,
  });
  if (values.scenario === 'all') return runAll(SCENARIOS, values.json);
  const scenario = SCENARIOS.find(({ name }) => name === values.scenario);
  if (scenario === undefined) {
    process.stderr.write(
      `there is no scenario ${values.scenario}; allowed: ${SCENARIOS.map(({ name }) => name).join(', ')}, all\n`,
    );
    return 64;
  }
  const narrator = new Narrator(values.json ? process.stderr : process.stdout);
  let evidence = false;
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-demo-'));
  try {
    const tools = await setUpTools(SANDBOX_TOOLS);
    narrator.say(scenario.tells);
    const sandbox = await startSandbox({
      tools,
      stateDir,
      ...scenario.world,
      say: (what) => narrator.say(`starting ${what}`),
    });
    try {
      narrator.say(`users are being served at ${sandbox.frontDoorUrl}`);
      const report = await runDemo(sandbox, scenario, narrator);
      const shortcomings = [
        ...scenario.check(report),
        ...sandbox.aws.defects().map((defect) => `the emulator: ${JSON.stringify(defect)}`),
      ];
      tell(report, shortcomings, values.json);
      evidence = shortcomings.length > 0;
      if (values.keep) {
        narrator.say(`everything stays up until Ctrl-C; ${report.ui}`);
        await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      }
      return shortcomings.length === 0 ? scenario.exitCode : 1;
    } finally {
      narrator.say('stopping everything');
      await sandbox.stop();
    }
  } catch (cause) {
    if (!(cause instanceof ToolMissingError)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    return 1;
  } finally {
    // Logs and audit of a run that broke a promise are what the next person needs.
    if (evidence) process.stderr.write(`logs and audit are kept in ${stateDir}\n`);
    else await rm(stateDir, { recursive: true, force: true });
  }
}

function tell(report: DemoReport, shortcomings: readonly string[], json: boolean): void {
  for (const shortcoming of shortcomings) process.stderr.write(`NOT AS PROMISED: ${shortcoming}\n`);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : showReport(report));
}
