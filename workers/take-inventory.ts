import { text } from 'node:stream/consumers';
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { findRoutes } from '#activities/adapters/aws/found-routes.ts';
import type { Access, Ports } from '#activities/ports.ts';
import { takeInventory } from '#activities/take-inventory.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { fieldsOf } from '#domain/json-fields.ts';
import { createPorts } from './create-ports.ts';
import { capsulesDirectory, EnvironmentError } from './environment.ts';
import { createLogger } from './logger.ts';

/**
 * The AWS side of `cutover init`: reads which cluster is meant on its standard input, as JSON, and prints what stands around it as JSON.
 * Exit codes: 0 looked; 1 could not.
 */
process.exitCode = await main();

async function main(): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('interrupted')));
  process.once('SIGTERM', () => stop.abort(new Error('told to stop')));
  const clients = createAwsClients();
  try {
    const { name, ...access } = clusterIn(await text(process.stdin));
    const { ports, close } = createPorts({
      logger: createLogger({ logLevel: 'error' }),
      capsulesDirectory: capsulesDirectory(),
    });
    try {
      const inventory = await takeInventory(
        {
          ports,
          findRoutes: async (cluster, bound, signal) => findRoutes(clients, cluster, bound, signal),
        },
        { name, access: await ownAccess(ports, access, stop.signal) },
        stop.signal,
      );
      process.stdout.write(`${JSON.stringify(inventory)}\n`);
      return 0;
    } finally {
      await close();
    }
  } catch (cause) {
    const isKnown =
      cause instanceof CutoverFailure || cause instanceof EnvironmentError || stop.signal.aborted;
    if (!isKnown) throw cause;
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    return 1;
  } finally {
    clients.close();
  }
}

type Asked = Omit<Access, 'account'>;

/** With the account that the credentials are of. */
async function ownAccess(
  { clusterAccess }: Pick<Ports, 'clusterAccess'>,
  asked: Asked,
  signal: AbortSignal,
): Promise<Access> {
  const { account } = await clusterAccess.whoAmI({ ...asked, account: '' }, signal);
  return { ...asked, account };
}

/** The command line has checked it. */
function clusterIn(input: string): Asked & { readonly name: string } {
  const asked: unknown = JSON.parse(input);
  const { name, region, roleArn, externalId } = fieldsOf(asked);
  const textOf = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : undefined;
  return {
    name: String(name),
    region: String(region),
    roleArn: textOf(roleArn),
    externalId: textOf(externalId),
  };
}
