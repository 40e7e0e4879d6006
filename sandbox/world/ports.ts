/** Where the sandbox listens. */
import { freePorts } from '#sandbox/processes/free-ports.ts';

export interface SandboxPorts {
  readonly temporal: number;
  readonly temporalUi: number;
  readonly aws: number;
  readonly frontDoor: number;
  readonly shop: number;
  readonly traffic: number;
}

/** For hands-on use: Temporal's own defaults, and a row that is easy to remember. */
const FIXED: SandboxPorts = {
  temporal: 7233,
  temporalUi: 8233,
  aws: 4566,
  frontDoor: 8480,
  shop: 8481,
  traffic: 8482,
};

export async function choosePorts(kind: 'fixed' | 'free'): Promise<SandboxPorts> {
  if (kind === 'fixed') return FIXED;
  const [temporal, temporalUi, aws, frontDoor, shop, traffic] = await freePorts(6);
  if (
    temporal === undefined ||
    temporalUi === undefined ||
    aws === undefined ||
    frontDoor === undefined ||
    shop === undefined ||
    traffic === undefined
  )
    throw new Error('six ports were asked for');
  return { temporal, temporalUi, aws, frontDoor, shop, traffic };
}
