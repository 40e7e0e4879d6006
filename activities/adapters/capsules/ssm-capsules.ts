import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteParametersCommand,
  paginateGetParametersByPath,
  PutParameterCommand,
  type Parameter,
} from '@aws-sdk/client-ssm';
import { capsuleText } from '#domain/capsule/capsule.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { capsuleOfVolumes, volumesOf } from '#domain/capsule/capsule-volumes.ts';
import type { CapsulePlace, Capsules, FoundCapsule } from '#activities/ports/capsules.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { asFailure, knownFailure } from '#activities/adapters/known-failures.ts';
import { orNotWritten } from './or-not-written.ts';

/**
 * Capsules in Systems Manager's Parameter Store: `PREFIX/<workflow id>/<volume>`, plain strings, because they hold no
 * secret. A capsule larger than a parameter is several volumes, each of use without the others. Parameter Store itself takes
 * the advanced tier where a volume needs it (Intelligent-Tiering), and never takes that back.
 */

/** Largest value of an advanced parameter, 8 KB (Systems Manager user guide, "Managing parameter tiers"). */
const VOLUME_BYTES = 8_192;
/** Most names of one DeleteParameters call (API reference). */
const NAMES_PER_CALL = 10;
/** The default quota of PutParameter is 3 a second (service quotas); so much is written at once, and again after a second. */
const WRITES_AT_ONCE = 3;
const QUOTA_MS = 1_000;
const MOST_ATTEMPTS = 4;

type SsmPlace = Extract<CapsulePlace, { readonly with: 'ssm' }>;

export function createSsmCapsules({
  clients,
}: {
  readonly clients: AwsClients;
}): Capsules<SsmPlace> {
  const parametersUnder = async (
    { access }: SsmPlace,
    path: string,
    signal: AbortSignal,
  ): Promise<readonly Parameter[]> => {
    const found: Parameter[] = [];
    const pages = paginateGetParametersByPath(
      { client: clients.ssm(access) },
      { Path: path, Recursive: true },
      { abortSignal: signal },
    );
    for await (const { Parameters } of pages) found.push(...(Parameters ?? []));
    return found;
  };

  return {
    write: async (place, capsule, signal) => {
      const path = pathOf(place, capsule.workflowId);
      const client = clients.ssm(place.access);
      await orNotWritten(
        `ssm:${path}`,
        (cause) => knownFailure(cause, path).message,
        signal,
        async () => {
          const volumes = volumesOf(capsule, VOLUME_BYTES);
          for (let from = 0; from < volumes.length; from += WRITES_AT_ONCE)
            await Promise.all(
              volumes.slice(from, from + WRITES_AT_ONCE).map(async (volume, index) => {
                const parameter = new PutParameterCommand({
                  Name: `${path}/${from + index + 1}`,
                  Value: JSON.stringify(volume),
                  Type: 'String',
                  Tier: 'Intelligent-Tiering',
                  Overwrite: true,
                });
                await unthrottled(path, signal, async () => {
                  await client.send(parameter, { abortSignal: signal });
                });
              }),
            );
        },
      );
    },

    remove: async (place, workflowId, signal) => {
      const path = pathOf(place, workflowId);
      await orNotWritten(
        `ssm:${path}`,
        (cause) => knownFailure(cause, path).message,
        signal,
        async () => {
          const parameters = await parametersUnder(place, path, signal);
          const names = parameters.flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
          for (let from = 0; from < names.length; from += NAMES_PER_CALL)
            await clients
              .ssm(place.access)
              .send(
                new DeleteParametersCommand({ Names: names.slice(from, from + NAMES_PER_CALL) }),
                {
                  abortSignal: signal,
                },
              );
        },
      );
    },

    list: async (place, signal) =>
      asFailure(`ssm:${place.prefix}`, signal, async () =>
        together(await parametersUnder(place, place.prefix, signal)),
      ),
  };
}

function pathOf({ prefix }: SsmPlace, workflowId: string): string {
  return `${prefix}/${workflowId}`;
}

function numberOf({ Name = '' }: Parameter): number {
  return Number(Name.split('/').at(-1));
}

/** Volumes of one path are one capsule; what cannot be read stands for itself, so that somebody is told. */
function together(parameters: readonly Parameter[]): readonly FoundCapsule[] {
  const byPath = Map.groupBy(parameters, ({ Name = '' }) => Name.replace(/\/[^/]*$/u, ''));
  return [...byPath].flatMap(([path, volumes]) => {
    const source = `ssm:${path}`;
    const inOrder = volumes.toSorted((a, b) => numberOf(a) - numberOf(b));
    const texts = inOrder.map(({ Value = '' }) => Value);
    const parsed = texts.map((text) => parseCapsule(text));
    const capsule = capsuleOfVolumes(parsed.flatMap((one) => (one.ok ? [one.capsule] : [])));
    const unreadable = texts.filter((_, index) => parsed[index]?.ok === false);
    return [
      ...(capsule === null ? [] : [{ source, text: capsuleText(capsule) }]),
      ...unreadable.map((text) => ({ source, text })),
    ];
  });
}

/** Waits for the quota to refill, a few times; overwriting twice is overwriting once. */
async function unthrottled(
  path: string,
  signal: AbortSignal,
  write: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await write();
    } catch (cause) {
      signal.throwIfAborted();
      if (knownFailure(cause, path).type !== 'throttled' || attempt >= MOST_ATTEMPTS) throw cause;
      await delay(QUOTA_MS, undefined, { signal });
    }
}
