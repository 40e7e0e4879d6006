import { compareVersions } from '#domain/addon-versions.ts';
import { greenNameLike } from '#domain/plan-draft/green-name.ts';
import { draftPlan, type PlanDraft } from '#domain/plan-draft/draft-plan.ts';
import type { Inventory } from '#domain/plan-draft/inventory.ts';
import { ClientError, UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { draftText } from '../init/draft-text.ts';
import { inventoryIn } from '../init/read-inventory.ts';
import { createOutput } from '../show/output.ts';
import { runWorkerProgram } from '../worker-program.ts';
import type { OutputOptions } from './options.ts';

export interface InitOptions extends OutputOptions {
  readonly cluster: string;
  readonly region?: string;
  readonly role?: string;
  readonly externalId?: string;
  readonly targetVersion?: string;
  readonly green?: string;
}

/** With `-o json`: the draft in parts, and what it was made of. */
interface InitView extends PlanDraft {
  readonly inventory: Inventory;
}

const MINOR = /^1\.\d{1,3}$/u;

/** `cutover init`: drafts the plan of a cluster from what stands around it. Reads AWS and Kubernetes; asks no Temporal, changes nothing. */
export async function initCommand(options: InitOptions): Promise<ExitCode> {
  const { cluster: name, role: roleArn, externalId, targetVersion } = options;
  const region =
    options.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '';
  if (region === '') throw new UsageError('no region is given', 'say --region, or set AWS_REGION');
  if (targetVersion !== undefined && !MINOR.test(targetVersion))
    throw new UsageError(
      `--target-version is ${JSON.stringify(targetVersion)}`,
      'give a Kubernetes minor such as 1.36',
    );
  const { stdout } = await runWorkerProgram(
    'take-inventory',
    [],
    JSON.stringify({ name, region, roleArn, externalId }),
  );
  const inventory = inventoryIn(stdout);
  if (inventory === null)
    throw new ClientError(`cluster ${name} could not be read; the reason stands above`, {
      next: 'mend it, then repeat the command',
    });
  const draft = draftPlan(inventory, {
    version: targetVersion ?? nextMinor(inventory),
    green: options.green ?? greenName(name),
  });
  const output = createOutput(options);
  output.data<InitView>({ ...draft, inventory }, (view) => draftText(view).trimEnd());
  const { questions } = draft;
  output.say(
    `${questions.length} question${questions.length === 1 ? '' : 's'} to answer in it; then: cutover plan FILE, cutover preflight FILE`,
  );
  return EXIT.done;
}

/** The nearest that EKS offers; blue's own where there is none. */
function nextMinor({ cluster: { version }, offeredVersions }: Inventory): string {
  const newer = offeredVersions.filter((one) => compareVersions(one, version) > 0);
  return newer.toSorted(compareVersions)[0] ?? version;
}

/** EKS: at most 100 characters. */
function greenName(blue: string): string {
  return greenNameLike(blue).slice(0, 100);
}
