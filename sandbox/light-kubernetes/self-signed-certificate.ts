/**
 * A certificate that is its own authority, for a server on 127.0.0.1: what EKS reports as a cluster's authority, and what its API
 * server shows. Made anew at each start; the key stays in memory. Source: RFC 5280, sections 4.1 and 4.2.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  bits,
  der,
  integer,
  objectId,
  octets,
  placed,
  sequence,
  set,
  text,
  time,
  yes,
} from './der.ts';

const COMMON_NAME = '2.5.4.3';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
/** Tag of an IP address among the alternative names. */
const IP_ADDRESS = 0x87;
const DAY_MS = 24 * 3_600_000;

export interface ServerCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
}

/** Good for 127.0.0.1, from yesterday for a year. */
export function selfSignedCertificate(nowMs: number): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(objectId(COMMON_NAME), text('light-kubernetes'))));
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const extensions = sequence(
    sequence(objectId(BASIC_CONSTRAINTS), yes(), octets(sequence(yes()))),
    sequence(
      objectId(SUBJECT_ALTERNATIVE_NAME),
      octets(sequence(der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])))),
    ),
  );
  const toSign = sequence(
    placed(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(new Date(nowMs - DAY_MS)), time(new Date(nowMs + 365 * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    placed(3, extensions),
  );
  const whole = sequence(toSign, algorithm, bits(sign('sha256', toSign, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(whole),
  };
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/gu) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
