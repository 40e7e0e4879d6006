/**
 * A service account's token, as STS verifies it: whose issuer it is of, signed by one of that issuer's published keys, for an audience
 * that the account's OIDC provider admits, and not expired. Nothing of a token is kept or told.
 * Sources: docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html, RFC 7515, RFC 7519
 */
import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import type { AwsAccount } from '../account.ts';
import { AwsError } from '../core/aws-error.ts';
import type { PublishedKey } from '../iam/token-issuers.ts';

const headerSchema = z.object({ alg: z.enum(['RS256', 'ES256']), kid: z.string().optional() });
const claimsSchema = z.object({
  iss: z.string().startsWith('https://'),
  sub: z.string().min(1),
  aud: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  exp: z.number(),
});

interface VerifiedIdentity {
  readonly providerArn: string;
  /** Without `https://`. */
  readonly issuer: string;
  readonly claims: { readonly sub: string; readonly aud: string };
}

/** @throws AwsError with STS's own codes */
export async function verifiedIdentity(
  account: AwsAccount,
  token: string,
): Promise<VerifiedIdentity> {
  const parts = token.split('.');
  const [head = '', body = '', signature = ''] = parts;
  const header = headerSchema.safeParse(jsonIn(head)).data;
  const claims = claimsSchema.safeParse(jsonIn(body)).data;
  if (parts.length !== 3 || header === undefined || claims === undefined)
    throw invalid('The ID Token provided is not a valid JWT.');
  const issuer = claims.iss.slice('https://'.length);
  const provider = account.iam.providerInUse(account.iam.providerArn(issuer));
  if (provider === undefined)
    throw invalid(`No OpenIDConnect provider found in your account for ${claims.iss}`);
  const keys = await publishedKeys(account, claims.iss);
  const fitting = keys.filter(({ kid }) => header.kid === undefined || kid === header.kid);
  const signed = Buffer.from(`${head}.${body}`, 'utf8');
  const bytes = Buffer.from(signature, 'base64url');
  if (!fitting.some((key) => isSignedBy(key, header.alg, signed, bytes)))
    throw invalid("Couldn't retrieve verification key from your identity provider");
  const aud = claims.aud.find((one) => provider.clientIds.includes(one));
  if (aud === undefined) throw invalid('Incorrect token audience');
  if (claims.exp * 1_000 <= account.clock.now().getTime())
    throw new AwsError('ExpiredTokenException', 'Token expired', { httpStatus: 400 });
  return { providerArn: provider.arn, issuer, claims: { sub: claims.sub, aud } };
}

/** An issuer that answers nobody is one whose cluster is gone, or not yet there. */
async function publishedKeys(
  { issuers }: AwsAccount,
  issuer: string,
): Promise<readonly PublishedKey[]> {
  const keys = await issuers.keysOf(issuer).catch(() => null);
  if (keys === null)
    throw new AwsError('IDPCommunicationErrorException', `no keys are published [${issuer}]`);
  return keys;
}

function isSignedBy(
  jwk: PublishedKey,
  algorithm: 'RS256' | 'ES256',
  signed: Buffer,
  signature: Buffer,
): boolean {
  if (jwk.kty !== (algorithm === 'RS256' ? 'RSA' : 'EC')) return false;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function jsonIn(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

const invalid = (message: string): AwsError =>
  new AwsError('InvalidIdentityTokenException', message, { httpStatus: 400 });
