/** What the product is given of the sandbox: the standard variables of Temporal and the AWS SDK, and nothing else. */
import { delimiter, dirname } from 'node:path';
import { REGION } from '#sandbox/aws/seed.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** AWS variables for one caller. Shared configuration files are shut out, so that no real profile can slip in. */
export function awsEnvironment(
  endpoint: string,
  credentials: Credentials,
): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Puts the sandbox's own `temporal` first on PATH. */
export function pathWith(program: string, path: string): string {
  return [dirname(program), path].join(delimiter);
}
