/** A real Prometheus that holds known samples and scrapes nothing, on a free port, for tests of whatever asks one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { createSupervisor } from '#sandbox/processes/supervisor.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { runCommand } from '#sandbox/tools/run-command.ts';

export interface Sample {
  readonly value: number;
  /** Epoch seconds. */
  readonly atSeconds: number;
}

/** By name with labels, as in `http_requests_total{cluster="shop-blue"}`; samples oldest first. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

export interface RealPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** Returns when the server answers. Never skipped: without the programs it fails. @throws ToolMissingError */
export async function startPrometheus(samples: Samples): Promise<RealPrometheus> {
  const tools = await ensureTools(['prometheus', 'promtool']);
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-prometheus-'));
  const text = join(stateDir, 'samples.txt');
  const data = join(stateDir, 'data');
  const config = join(stateDir, 'prometheus.yml');
  await writeFile(text, openMetrics(samples));
  await writeFile(config, 'scrape_configs: []\n');
  const promtool = tools.path('promtool');
  await runCommand(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', text, data], {
    timeoutMs: 60_000,
  });
  const url = `http://127.0.0.1:${String(await freePort())}`;
  const supervisor = await createSupervisor({ stateDir });
  await supervisor.spawn({
    name: 'prometheus',
    command: tools.path('prometheus'),
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${new URL(url).host}`,
      '--log.level=warn',
    ],
    graceMs: 0,
    ready: {
      timeoutMs: 60_000,
      probe: async (signal) => (await fetch(`${url}/-/ready`, { signal })).ok,
    },
  });
  return {
    url,
    stop: async () => {
      await supervisor.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

function openMetrics(samples: Samples): string {
  const lines = Object.entries(samples).flatMap(([series, values]) =>
    values.map(({ value, atSeconds }) => `${series} ${value} ${atSeconds}`),
  );
  return [...lines, '# EOF', ''].join('\n');
}
