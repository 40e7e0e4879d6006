/**
 * One reading of the whole cluster, in a process of its own, so that its memory can be told. `raw`: the same lists, page by page, as
 * JSON and nothing else. `preflight`: everything that preflight does with them. Answers with seconds, the process's greatest
 * memory, and how many findings there were.
 */
import { createAwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { connectApiServer } from '#activities/adapters/kubernetes/api-server.ts';
import { KubernetesStatusError } from '#activities/adapters/kubernetes/kubernetes-status-error.ts';
import { eksToken } from '#activities/adapters/kubernetes/eks-token.ts';
import { judgeObjects } from '#activities/preflight/judge-objects.ts';
import { PRODUCTION_TIMINGS } from '#activities/timings.ts';
import { JUDGED_KINDS } from '#domain/api-removals/judged-kinds.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { HAZARD_KINDS } from '#domain/workload-hazards/workload-hazards.ts';
import { createPorts } from '#workers/create-ports.ts';
import { createLogger } from '#workers/logger.ts';
import { z } from 'zod';
import { answerQuestions } from '../rollback/child.ts';
import { planOf, VERSIONS } from './plan.ts';

const inputSchema = z.object({
  side: z.enum(['raw', 'preflight']),
  cluster: z.string(),
  endpoint: z.string(),
  caData: z.string(),
  identity: z.object({ arn: z.string(), createdAt: z.string() }),
});
type Input = z.infer<typeof inputSchema>;

const { signal } = new AbortController();
const { spec, resolved } = planOf();
const { namespaces } = spec.workloads;
const access = spec.access.default;

answerQuestions({
  read: async (asked) => {
    const input = inputSchema.parse(asked);
    const startedMs = performance.now();
    const findings = input.side === 'raw' ? await raw(input) : await preflight(input);
    return {
      seconds: (performance.now() - startedMs) / 1000,
      // Kilobytes, on every system that this runs on (Node's documentation, process.resourceUsage).
      peakRssMb: process.resourceUsage().maxRSS / 1024,
      findings,
    };
  },
});

async function raw({ cluster, endpoint, caData }: Input): Promise<number> {
  const clients = createAwsClients();
  const token = eksToken(clients.sts(access), cluster);
  const server = await connectApiServer({
    name: cluster,
    endpoint,
    caData,
    token: async () => token,
  });
  for (const { apiVersion, plural, isNamespaced } of [...JUDGED_KINDS, ...HAZARD_KINDS]) {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const places = isNamespaced ? namespaces.map((name) => `/namespaces/${name}`) : [''];
    await Promise.all(
      places.map(async (place) => {
        let next = '';
        do {
          const path = `${root}${place}/${plural}?limit=500${next === '' ? '' : `&continue=${next}`}`;
          const page = await server.send({ method: 'GET', path }, signal).catch(ifUnknown);
          const more = fieldsOf(fieldsOf(page)['metadata'])['continue'];
          next = typeof more === 'string' ? encodeURIComponent(more) : '';
        } while (next !== '');
      }),
    );
  }
  await server.close();
  clients.close();
  return 0;
}

/** A kind that the cluster has no definition of has no objects. */
function ifUnknown(cause: unknown): unknown {
  if (cause instanceof KubernetesStatusError && cause.httpStatus === 404) return {};
  throw cause;
}

async function preflight({ cluster, identity }: Input): Promise<number> {
  const { ports, close } = createPorts({
    logger: createLogger({ logLevel: 'error' }),
    capsulesDirectory: '/nonexistent',
  });
  const connection = await ports.kubernetes.connect({ access, name: cluster }, identity, signal);
  const found = await judgeObjects(
    { ports, timings: PRODUCTION_TIMINGS },
    connection,
    { spec, resolved: { ...resolved, blue: { ...resolved.blue, version: VERSIONS.from } } },
    signal,
  );
  await close();
  return found.length;
}
