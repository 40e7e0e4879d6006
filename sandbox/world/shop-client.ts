/** The shop's control API as typed calls, for the sandbox that runs the shop as a process of its own. */
import { request } from 'undici';
import type { ShopFaultInput } from '#sandbox/shop/shop-fault.ts';
import type { ShopClusterAccess } from '#sandbox/shop/shop-control.ts';

export interface ShopClient {
  isServing(): Promise<boolean>;
  registerCluster(name: string, access: ShopClusterAccess): Promise<void>;
  unregisterCluster(name: string): Promise<void>;
  /** Replaces all standing faults. */
  setFaults(faults: readonly ShopFaultInput[]): Promise<void>;
}

/** The shop refused a control call. */
class ShopControlError extends Error {
  override readonly name = 'ShopControlError';
}

/** @param origin as `http://127.0.0.1:PORT` */
export function shopClient(origin: string): ShopClient {
  async function call(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<void> {
    const answer = await request(`${origin}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200)
      throw new ShopControlError(`the shop refused ${method} ${path}: ${text}`);
  }
  return {
    isServing: async () => {
      await call('GET', '/control/state');
      return true;
    },
    registerCluster: (name, access) => call('PUT', `/control/clusters/${name}`, access),
    unregisterCluster: (name) => call('DELETE', `/control/clusters/${name}`),
    setFaults: (faults) => call('PUT', '/control/faults', faults),
  };
}
