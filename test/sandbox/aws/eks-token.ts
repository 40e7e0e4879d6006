/** A bearer token as `aws eks get-token` makes it, with every part of it open to mischief. */
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { ENGINE_CREDENTIALS, REGION } from '#sandbox/aws/seed.ts';

export interface TokenWishes {
  /** @default the engine's */
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** @default shop-green */
  readonly cluster?: string;
  readonly host?: string;
  readonly signedAt?: Date;
  readonly expiresIn?: number;
  readonly action?: string;
}

export async function eksToken(wishes: TokenWishes = {}): Promise<string> {
  const {
    credentials = ENGINE_CREDENTIALS,
    cluster = 'shop-green',
    host = `sts.${REGION}.amazonaws.com`,
    signedAt = new Date(),
    expiresIn = 60,
    action = 'GetCallerIdentity',
  } = wishes;
  const signer = new SignatureV4({ service: 'sts', region: REGION, credentials, sha256: Sha256 });
  const [hostname = '', port] = host.split(':');
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      ...(port === undefined ? {} : { port: Number(port) }),
      path: '/',
      query: { Action: action, Version: '2011-06-15' },
      headers: { host, 'x-k8s-aws-id': cluster },
    },
    { expiresIn, signingDate: signedAt },
  );
  const pairs = Object.entries(query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`,
  );
  return `k8s-aws-v1.${Buffer.from(`https://${host}/?${pairs.join('&')}`).toString('base64url')}`;
}
