import { BlockList, isIP } from 'node:net';
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { Agent, buildConnector } from 'undici';
import { CutoverFailure } from '#domain/failures.ts';

/**
 * Connections to addresses that a plan names: whoever may write a plan must not be able to make the worker ask what only the
 * worker can reach. Link-local addresses hold the credentials of the machine and of its pods and are refused always, however
 * they are written and whatever a name resolves to at the moment of the connection; other hosts are refused where the
 * worker has a list of allowed ones and they are not on it.
 */
export interface OutboundRule {
  /** Allowed hosts, lower case: a name, or `*.` and the end of names. Undefined: any. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Everybody may be asked but the machine's own services. */
export const ANY_HOST: OutboundRule = { allowedHosts: undefined };

/** An agent that keeps the rule; its connections fail `access-denied` where the rule forbids them. */
export function outboundAgent(rule: OutboundRule, options: Agent.Options = {}): Agent {
  const { connect, ...rest } = options;
  const connector = buildConnector({
    ...(typeof connect === 'object' ? connect : {}),
    lookup: (hostname, wanted, callback) => {
      resolve(hostname, { ...wanted, all: true }, (error, addresses) => {
        const found: readonly LookupAddress[] = error === null ? addresses : [];
        const forbidden = found.some(({ address }) => isLinkLocal(address));
        const [first] = found;
        if (error !== null) callback(error, '', 0);
        else if (forbidden || first === undefined) callback(refusal(hostname, LINK_LOCAL), '', 0);
        else if (wanted.all === true) callback(null, [...found]);
        else callback(null, first.address, first.family);
      });
    },
  });
  return new Agent({
    ...rest,
    connect: (target, callback) => {
      const host = target.hostname.replace(/^\[|\]$/gu, '').toLowerCase();
      if (isLinkLocal(host)) callback(refusal(host, LINK_LOCAL), null);
      else if (!isAllowed(host, rule)) callback(refusal(host, NOT_LISTED), null);
      else connector(target, callback);
    },
  });
}

const LINK_LOCAL = 'link-local addresses hold the credentials of machines and pods';
const NOT_LISTED = 'CUTOVER_ALLOWED_HOSTS of the worker does not name this host';

function refusal(host: string, why: string): CutoverFailure {
  return new CutoverFailure('access-denied', `nothing was sent: ${why}`, { resource: host });
}

/**
 * RFC 3927 and RFC 4291, and the addresses at which AWS serves instance metadata and pod credentials by IPv6 ("Use the Instance
 * Metadata Service", EC2 user guide; "EKS Pod Identity restrictions").
 */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addSubnet('fd00:ec2::', 32, 'ipv6');

function isLinkLocal(host: string): boolean {
  const family = isIP(host);
  return family !== 0 && FORBIDDEN.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function isAllowed(host: string, { allowedHosts }: OutboundRule): boolean {
  if (allowedHosts === undefined) return true;
  return allowedHosts.some((one) =>
    one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one,
  );
}
