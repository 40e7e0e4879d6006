import { text } from 'node:stream/consumers';
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { findRoutes } from '#activities/adapters/aws/found-routes.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { Access } from '#activities/ports/refs.ts';
import { takeInventory } from '#activities/take-inventory.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { createPorts } from './create-ports.ts';
import { capsulesDirectory } from './environment.ts';
import { createLogger } from './logger.ts';
import { runProgram } from './run-program.ts';

/**
 * The AWS side of `cutover init`: reads which cluster is meant on its standard input, as JSON, and prints what stands around it as JSON.
 * Exit codes: 0 looked; 1 could not.
 */
process.exitCode = await runProgram(async (signal) => {
  const clients = createAwsClients();
  const { ports, close } = createPorts({
    logger: createLogger({ logLevel: 'error' }),
    capsulesDirectory: capsulesDirectory(),
  });
  try {
    const { name, ...asked } = clusterIn(await text(process.stdin));
    const inventory = await takeInventory(
      {
        ports,
        findRoutes: async (cluster, bound, until) => findRoutes(clients, cluster, bound, until),
      },
      { name, access: await ownAccess(ports, asked, signal) },
      signal,
    );
    return `${JSON.stringify(inventory)}\n`;
  } finally {
    await close();
    clients.close();
  }
});

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
