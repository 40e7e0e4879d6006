import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { podToken } from '#activities/adapters/surroundings/pod-token.ts';

const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0C07E';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-token-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function issuerOf(token: string): Promise<string | null> {
  const file = join(folder, 'token');
  await writeFile(file, token);
  return podToken([], file).tokenIssuer();
}

function jwt(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.${part('signature')}`;
}

describe('the token of a pod', () => {
  it('says who signed it', async () => {
    expect(await issuerOf(`${jwt({ iss: ISSUER, sub: 'system:serviceaccount:a:b' })}\n`)).toBe(
      ISSUER,
    );
  });

  it.each(['', 'nothing', 'a.b.c', jwt({}), jwt({ iss: 5 }), jwt(null)])(
    'that is none says nothing: %j',
    async (token) => {
      expect(await issuerOf(token)).toBeNull();
    },
  );

  it('is not there where the worker is in no pod', async () => {
    expect(await podToken([], join(folder, 'absent')).tokenIssuer()).toBeNull();
  });

  it('is the one of its AWS role where Kubernetes mounted none', async () => {
    const ofRole = join(folder, 'eks-token');
    await writeFile(ofRole, jwt({ iss: ISSUER, aud: ['sts.amazonaws.com'] }));

    expect(await podToken([ofRole], join(folder, 'absent')).tokenIssuer()).toBe(ISSUER);
  });
});
