/**
 * SigV4 from the receiving side: finds the signature of a request (header or presigned URL) and recomputes it. Nothing here
 * decides what a failed verification means: the call pipeline answers an AWS error, the token webhook an unauthenticated review.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignableRequest {
  readonly method: string;
  /** Path as sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface FoundSignature {
  readonly accessKeyId: string;
  /** `YYYYMMDD/region/service/aws4_request`. */
  readonly scope: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** When it was signed, as sent: `YYYYMMDDTHHMMSSZ`. */
  readonly signedAt: string;
  readonly sessionToken: string | undefined;
  readonly presigned: boolean;
  /** Life of a presigned URL in seconds; undefined for header signatures. */
  readonly expiresSeconds: number | undefined;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

/** The request's signature, or undefined when it carries none. */
export function findSignature(request: SignableRequest): FoundSignature | undefined {
  const { query, headers } = request;
  const credential = query.get('X-Amz-Credential');
  if (credential !== null) {
    const expires = Number(query.get('X-Amz-Expires') ?? Number.NaN);
    return described(
      credential,
      query.get('X-Amz-SignedHeaders') ?? '',
      query.get('X-Amz-Signature') ?? '',
      {
        signedAt: query.get('X-Amz-Date') ?? '',
        sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
        presigned: true,
        expiresSeconds: Number.isInteger(expires) ? expires : undefined,
      },
    );
  }
  const match = AUTHORIZATION.exec(headers['authorization'] ?? '');
  if (match === null) return undefined;
  return described(match[1] ?? '', match[2] ?? '', match[3] ?? '', {
    signedAt: headers['x-amz-date'] ?? '',
    sessionToken: headers['x-amz-security-token'],
    presigned: false,
    expiresSeconds: undefined,
  });
}

type Circumstances = Pick<
  FoundSignature,
  'signedAt' | 'sessionToken' | 'presigned' | 'expiresSeconds'
>;

function described(
  credential: string,
  signedHeaders: string,
  signature: string,
  circumstances: Circumstances,
): FoundSignature | undefined {
  const [accessKeyId, date, region, service, terminator] = credential.split('/');
  if (
    accessKeyId === undefined ||
    date === undefined ||
    region === undefined ||
    service === undefined
  )
    return undefined;
  if (terminator !== 'aws4_request') return undefined;
  const scope = [date, region, service, terminator].join('/');
  return {
    accessKeyId,
    scope,
    region,
    service,
    signedHeaders: signedHeaders.split(';'),
    signature,
    ...circumstances,
  };
}

/** True when the signature is the one the secret gives for this very request. Says nothing about its age. */
export function signatureIsRight(
  request: SignableRequest,
  found: FoundSignature,
  secretAccessKey: string,
): boolean {
  const toSign = [
    'AWS4-HMAC-SHA256',
    found.signedAt,
    found.scope,
    sha256(canonicalRequest(request, found)),
  ].join('\n');
  const key = found.scope
    .split('/')
    .reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
  const expected = Buffer.from(hmac(key, toSign).toString('hex'));
  const given = Buffer.from(found.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** When the request was signed; undefined when the timestamp is unreadable. */
export function signingTime(found: FoundSignature): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(found.signedAt);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second));
}

function canonicalRequest(request: SignableRequest, found: FoundSignature): string {
  const headers = found.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}\n`,
  );
  return [
    request.method,
    // S3 alone signs the path as it was sent.
    found.service === 's3' ? request.path : encode(request.path).replaceAll('%2F', '/'),
    canonicalQuery(request.query),
    headers.join(''),
    found.signedHeaders.join(';'),
    payloadHash(request),
  ].join('\n');
}

const payloadHash = (request: SignableRequest): string =>
  request.headers['x-amz-content-sha256'] ??
  createHash('sha256').update(request.body).digest('hex');

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort((a, b) => byteOrder(a[0], b[0]) || byteOrder(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const byteOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
