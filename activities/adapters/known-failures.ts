import { CutoverFailure, type FailureType } from '#domain/failures.ts';

/**
 * What the outside world's errors mean in our own words. Adapters wrap each call in `asFailure`; nothing else looks at a
 * vendor's error.
 *
 * Invariants: an error is recognised by its name, type, code or HTTP status, never by its text; what is not
 * recognised is `internal` and keeps its cause; a cancelled call is no failure: the signal's own reason is thrown, so
 * that Temporal sees its cancellation; a call that our own limit of time ended is `unavailable`.
 */

/** Runs `call`; whatever it throws comes out as a `CutoverFailure` on `resource`, cancellation as itself. */
export async function asFailure<T>(
  resource: string,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await call();
  } catch (error) {
    if (signal.aborted && !isLimit(signal.reason)) throw signal.reason;
    throw knownFailure(signal.aborted ? signal.reason : error, resource);
  }
}

/** `AbortSignal.timeout` gives this reason; by its name, because Node's `Error` may be another than ours. */
function isLimit(reason: unknown): boolean {
  return factsOf(reason).name === 'TimeoutError';
}

/** The failure that `error` is; a `CutoverFailure` is returned as it is. */
export function knownFailure(error: unknown, resource: string): CutoverFailure {
  if (error instanceof CutoverFailure) return error;
  const facts = factsOf(error);
  const what = facts.name === '' ? facts.message : `${facts.name}: ${facts.message}`;
  const { retryAfterSeconds } = facts;
  return new CutoverFailure(typeOf(facts), what, {
    resource,
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Is this an AWS error of that name, whatever its suffix (`RuleNotFound`, `RuleNotFoundException`)? */
export function isAwsError(error: unknown, ...names: readonly string[]): boolean {
  return names.includes(bare(factsOf(error).name));
}

/** Is this AWS saying that the resource does not exist? */
export function isNotFound(error: unknown): boolean {
  return bare(factsOf(error).name).endsWith('NotFound');
}

interface Facts {
  /** The error's class or AWS code; for Kubernetes, the Status reason. */
  readonly name: string;
  readonly message: string;
  /** Node's or undici's code, such as ECONNRESET. */
  readonly code: string;
  readonly httpStatus: number | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** Names without `Exception`, `Error`, `Fault`. Sources: the service models of EKS, ELBv2, CloudWatch and STS, S3's "Error responses", and the
 * "Common Errors" page of each API reference. Where several patterns match, the first counts. */
const BY_NAME: readonly (readonly [RegExp, FailureType])[] = [
  [
    /Throttl|^TooManyRequests$|^RequestLimitExceeded$|^PriorRequestNotComplete$|^SlowDown$/u,
    'throttled',
  ],
  [/AccessDenied|^Unauthorized|^Forbidden$|^OptInRequired$|^AuthFailure$/u, 'access-denied'],
  [/^CredentialsProvider$|^TokenProvider$|^Expired(Token|TradeInToken)$/u, 'credentials-missing'],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|MissingAuthenticationToken)$/u,
    'credentials-missing',
  ],
  [/^(InvalidSignature|SignatureDoesNotMatch|IncompleteSignature)$/u, 'credentials-missing'],
  [
    /^(Server|ServiceUnavailable|InternalFailure|InternalServer|InternalService|Internal)$/u,
    'unavailable',
  ],
  [/^(RequestTimeout|RequestExpired|RequestTimeTooSkewed|Timeout|Syntax)$/u, 'unavailable'],
  [/^(ResourcePropagationDelay|HealthUnavailable|InsufficientCapacity)$/u, 'unavailable'],
  [/NotFound$|^NoSuch/u, 'not-found'],
  [
    /InUse$|^Duplicate|^ResourceConflict$|^Conflict$|^ConcurrentModification$|^InvalidState$/u,
    'conflict',
  ],
  [/^TooMany|LimitExceeded$|^TargetGroupAssociationLimit$/u, 'limit-exceeded'],
  [
    /^Invalid|^Unmodifiable|^Unsupported|^Malformed|^Missing|NotSupported$|^Incompatible/u,
    'invalid-request',
  ],
  [/^(Validation|Client|BadRequest|OperationNotPermitted|RegionDisabled)$/u, 'invalid-request'],
  // S3: the bucket is in another region.
  [
    /^(PermanentRedirect|IllegalLocationConstraint|AuthorizationHeaderMalformed)$/u,
    'invalid-request',
  ],
];

const BY_STATUS: Readonly<Record<number, FailureType>> = {
  400: 'invalid-request',
  401: 'access-denied',
  403: 'access-denied',
  404: 'not-found',
  408: 'unavailable',
  409: 'conflict',
  410: 'conflict',
  422: 'invalid-request',
  429: 'throttled',
  500: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

const OK_STATUS: ReadonlySet<number> = new Set([200, 201, 202, 204]);

/** Broken or refused connections, names that do not resolve, sockets that stay silent. */
const NETWORK_CODE =
  /^(E(CONN|HOST|NET|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|ADDR)|EPROTO|UND_ERR_|ERR_(SOCKET|TLS|SSL)|CERT_|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED)/u;

function typeOf(facts: Facts): FailureType {
  const name = bare(facts.name);
  const byName = name === '' ? undefined : BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  if (byName !== undefined) return byName;
  if (NETWORK_CODE.test(facts.code)) return 'unavailable';
  // Done, and the answer cannot be read: it was cut on its way.
  if (facts.httpStatus !== undefined && OK_STATUS.has(facts.httpStatus)) return 'unavailable';
  return (facts.httpStatus === undefined ? undefined : BY_STATUS[facts.httpStatus]) ?? 'internal';
}

function bare(name: string): string {
  return name.replace(/(?:Exception|Error|Fault)$/u, '');
}

function factsOf(error: unknown): Facts {
  const metadata = field(error, '$metadata');
  const name = text(field(error, 'name'));
  return {
    name: name === 'Error' || name === 'TypeError' ? '' : name,
    message: text(field(error, 'message')) || String(error),
    code: text(field(error, 'code')) || text(field(field(error, 'cause'), 'code')),
    httpStatus: number(field(metadata, 'httpStatusCode')) ?? number(field(error, 'httpStatus')),
    retryAfterSeconds: number(field(error, 'retryAfterSeconds')),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
