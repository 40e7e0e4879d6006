/**
 * `cutover doctor --orphans [PLAN]`: weights that are split although no run lives that would guard them and finish. AWS is read by
 * a program of `workers/`, Temporal by us. Invariants: changes nothing; what could not be read is never "none".
 */
import { searchIn, type SplitRoute } from '#domain/capsule/orphans.ts';
import { ClientError, MigrationNotFoundError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadPlan } from '../load-plan.ts';
import { readSighting } from '../migrations/read-status.ts';
import { isOpen } from '../migrations/snapshot.ts';
import { createOutput, plain, type Colors } from '../show/output.ts';
import { indented } from '../show/table.ts';
import { runWorkerProgram } from '../worker-program.ts';
import type { OutputOptions } from './options.ts';
import { withClient } from './with-client.ts';

interface Findings {
  readonly orphans: readonly SplitRoute[];
  /** Workflow ids of runs that live, whose weights are theirs to split. */
  readonly live: readonly string[];
  readonly unreadable: readonly string[];
  readonly looked: { readonly capsules: number; readonly routes: number };
}

/** Exit codes: 0 none, 2 found, 1 something could not be looked at. */
export async function orphansCommand(
  file: string | undefined,
  options: OutputOptions,
): Promise<ExitCode> {
  const plan = file === undefined ? '' : JSON.stringify((await loadPlan(file)).plan);
  const { stdout } = await runWorkerProgram('find-orphans', [], plan);
  const search = searchIn(stdout);
  if (search === null)
    throw new ClientError('AWS could not be read; the reason stands above', {
      next: 'mend it, then repeat the command',
    });
  const output = createOutput(options);
  const live = await liveOf([...new Set(search.split.map(({ workflowId }) => workflowId))]).catch(
    (cause: unknown) => {
      // Whether a run guards them is not known; that they are split is.
      for (const one of search.split) output.say(splitText(one, output.messageColors));
      throw cause;
    },
  );
  const orphans = search.split.filter(({ workflowId }) => !live.includes(workflowId));
  const { unreadable, looked } = search;
  output.data<Findings>({ orphans, live, unreadable, looked }, findingsText);
  if (orphans.length > 0) return EXIT.warnings;
  return unreadable.length > 0 ? EXIT.error : EXIT.done;
}

async function liveOf(workflowIds: readonly string[]): Promise<readonly string[]> {
  if (workflowIds.length === 0) return [];
  return withClient(async ({ temporal }) => {
    const live: string[] = [];
    for (const workflowId of workflowIds)
      try {
        const { snapshot } = await readSighting(temporal, workflowId);
        if (isOpen(snapshot)) live.push(workflowId);
      } catch (cause) {
        // A run that Temporal never had, or has forgotten, guards nobody.
        if (!(cause instanceof MigrationNotFoundError)) throw cause;
      }
    return live;
  });
}

function findingsText(findings: Findings, colors: Colors): string {
  const { orphans, unreadable, looked } = findings;
  const routes = `${looked.routes} ${looked.routes === 1 ? 'route' : 'routes'}`;
  const capsules = `${looked.capsules} ${looked.capsules === 1 ? 'capsule' : 'capsules'}`;
  return [
    ...orphans.map((one) => orphanText(one, colors)),
    ...unreadable.map((what) => `${colors.yellow('?')} ${plain(what, 600)}`),
    colors.dim(`${orphans.length} found among ${routes}, ${capsules}`),
  ].join('\n');
}

function orphanText(one: SplitRoute, colors: Colors): string {
  const commands = indented(one.commands.map((line) => colors.bold(line)).join('\n'), 4);
  return `${splitText(one, colors)}, and no run of ${plain(one.workflowId)} lives\n${commands}`;
}

function splitText({ id, resource, greenPercent }: SplitRoute, colors: Colors): string {
  const share = greenPercent === null ? 'is not on blue alone' : `has green at ${greenPercent} %`;
  return `${colors.red('✖')} route ${plain(id)} (${plain(resource)}) ${share}`;
}
