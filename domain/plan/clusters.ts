/**
 * The plan's clusters: who may reach them (`access`), blue, green, and green's add-ons.
 * Called by `schema.ts`.
 */
import { z } from 'zod';
import { REGION_PATTERN, ROLE_ARN_PATTERN } from './arns.ts';
import { clusterName, label, listOf, seconds, text } from './fields.ts';
import { provision } from './provision.ts';

export const accountField = text(
  /^\d{12}$/,
  12,
  'an AWS account: 12 digits in quotes, such as "111122223333"',
);
export const regionField = text(REGION_PATTERN, 40, 'an AWS region, such as eu-west-1');
export const roleArnField = text(
  ROLE_ARN_PATTERN,
  640,
  'the ARN of an IAM role, such as arn:aws:iam::111122223333:role/cutover',
);

/** One account and region, and how to get in. */
const access = z.strictObject({
  account: accountField.describe(
    'AWS account, 12 digits in quotes; checked against STS before anything is done.',
  ),
  region: regionField.describe('AWS region, such as eu-west-1.'),
  roleArn: roleArnField
    .exactOptional()
    .describe(
      'Role to assume; without it the worker uses its own credentials. Must live in `account`.',
    ),
  externalId: text(
    /^[\w+=,.@:/-]+$/,
    1_224,
    'an external id: 2 to 1224 letters, digits or any of + = , . @ : / -', // STS AssumeRole, ExternalId
  )
    .min(2, { error: 'an external id: 2 to 1224 letters, digits or any of + = , . @ : / -' })
    .exactOptional()
    .describe('External id that the role’s trust policy asks for.'),
});

/** Which access each side of the work uses; whatever is not named uses `default`. */
export const accesses = z.strictObject({
  default: access.describe('Account and region of everything that has no access of its own.'),
  blue: access.exactOptional().describe('Where blue lives. Default: `default`.'),
  green: access.exactOptional().describe('Where green lives. Default: `default`.'),
  loadBalancer: access
    .exactOptional()
    .describe('Where the rules and target groups live. Default: `default`.'),
  dns: access.exactOptional().describe('Where the DNS zone lives. Default: `default`.'),
  hub: access
    .exactOptional()
    .describe(
      'Where the hub cluster lives, and clusters in front of both colours that hold HTTPRoutes. Default: `default`.',
    ),
});

export const clusterField = clusterName();

export const blue = z.strictObject({
  cluster: clusterField.describe('Name of the EKS cluster that serves now.'),
});

export const green = z.strictObject({
  cluster: clusterField.describe(
    'Name of the EKS cluster that is to take over; made by the migration.',
  ),
  version: text(
    /^1\.\d{2}$/,
    4,
    'a Kubernetes version in quotes, such as "1.36"', // without quotes YAML reads 1.30 as the number 1.3
  ).describe('Kubernetes version of green, in quotes.'),
  provision: provision
    .prefault({ with: 'eks' })
    .describe('How green is made. Default: through the EKS API.'),
});

/** Names as EKS DescribeAddonVersions gives them, e.g. `vpc-cni`. */
const addonName = text(
  /^[0-9A-Za-z][A-Za-z0-9_-]*$/,
  100,
  'an EKS add-on name: letters, digits, hyphens and underscores',
);

const addonVersion = text(/^v?\d[\w.+-]*$/, 64, 'an add-on version, such as v1.20.1-eksbuild.3');

/** An image as container runtimes read it ("reference" grammar of the OCI distribution project), tag or digest included. */
const image = text(
  /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
  512,
  'a container image, such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/node:24-alpine',
);

const outsideName = text(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i,
  253,
  'a name outside the cluster, such as sts.eu-west-1.amazonaws.com',
);

/** DNS subdomains (Kubernetes, "Object Names and IDs"). */
const storageClassName = text(
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  253,
  'the name of a StorageClass: lower-case letters, digits, dots and hyphens',
);

const probes = z
  .strictObject({
    image: image.describe(
      'Image that the probes run in: any with Node.js 20 or newer, such as your mirror of a pinned node:24-alpine.',
    ),
    namespace: label('a namespace')
      .default('cutover-probes')
      .describe(
        'Namespace of the probes on green; made where it is missing, and taken away again if it was made. Default: cutover-probes.',
      ),
    outside: outsideName
      .exactOptional()
      .describe(
        'A name outside the cluster that green’s pods must be able to resolve. Without it none is asked.',
      ),
    storageClasses: listOf(storageClassName, 'names of StorageClasses', 0, 50)
      .exactOptional()
      .describe(
        'StorageClasses of which a 1 GiB volume is claimed, written, read and deleted. Default: every class of green.',
      ),
    for: seconds('10s', '30m')
      .prefault('5m')
      .describe('How long one probe may take; one of a volume twice as long. Default: 5m.'),
  })
  .transform(({ for: forSeconds, ...rest }) => ({ ...rest, forSeconds }));

export const addons = z.strictObject({
  choose: z
    .enum(['default', 'latest'])
    .default('default')
    .describe(
      'Version of each of blue’s add-ons on green: EKS’s default for the target version, or the latest that fits it.',
    ),
  pinned: z
    .record(addonName, addonVersion)
    .prefault({})
    .describe('Versions chosen by hand, by add-on name; they win over `choose`.'),
  probes: probes
    .exactOptional()
    .describe(
      'Tests of green’s add-ons by Jobs on green, before anything depends on them. Without it none are made.',
    ),
});
