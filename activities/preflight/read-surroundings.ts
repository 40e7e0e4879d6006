import type { ReadinessFacts } from '#domain/preflight/readiness-facts.ts';
import { accessOf, blueRef } from '#activities/access.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import { fitAddons } from '#activities/green/fit-addons.ts';
import { readSelfManaged } from '#activities/green/self-managed.ts';
import { refusalOf } from '#domain/refusal-of.ts';
import type { Tools } from '#activities/tools.ts';

/** Blue's nodes and networks, and where the worker is. */
export async function readSurroundings(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<{
  readonly nodegroups: ReadinessFacts['shape']['nodegroups'];
  readonly subnets: ReadinessFacts['addresses']['subnets'];
  readonly addons: ReadinessFacts['addons'];
  readonly selfManaged: ReadinessFacts['selfManaged'];
  readonly admitting: ReadinessFacts['admitting'];
  readonly quotas: ReadinessFacts['quotas'];
  readonly workersIssuer: string | null;
}> {
  const { clusters, ...ports } = tools.ports;
  const blue = blueRef(input.spec);
  const [nodegroups, subnets, { addons, selfManaged }, admitting, quotas, workersIssuer] =
    await Promise.all([
      ports.nodegroups.shapes(blue, signal),
      ifAllowed(clusters.subnets(blue, signal)),
      readAddons(tools, input, signal),
      ifAllowed(clusters.admittingRules(blue, signal)),
      ports.quotas.read(blue, accessOf(input.spec, 'green'), signal),
      ports.surroundings.tokenIssuer(),
    ]);
  return {
    nodegroups,
    subnets,
    addons,
    selfManaged,
    admitting: { ofBlue: admitting?.own ?? null, rules: admitting?.rules ?? null },
    quotas,
    workersIssuer,
  };
}

/** Blue's add-ons for the target, and what of its network is none. */
async function readAddons(
  tools: Tools,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<Pick<ReadinessFacts, 'addons' | 'selfManaged'>> {
  const addons = await fitAddons(tools, spec, spec.green.version, signal);
  const kubernetes = await tools.ports.kubernetes.connect(blueRef(spec), resolved.blue, signal);
  const installed = addons.map(({ name }) => name);
  return { addons, selfManaged: await readSelfManaged(kubernetes, installed, signal) };
}

/** Null where EC2 may not be asked. */
async function ifAllowed<Value>(reading: Promise<Value>): Promise<Value | null> {
  return reading.catch((cause: unknown) => {
    refusalOf(cause);
    return null;
  });
}
