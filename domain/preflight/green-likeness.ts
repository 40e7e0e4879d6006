import { compareVersions } from '#domain/addon-versions.ts';
import { finding, type Finding } from './finding.ts';

/**
 * Can green be made in the shape of blue? What cannot is told before anything is made. A part of `readiness.ts`, which gathers all
 * findings. Sources: Amazon EKS User Guide, "Customize managed nodes with launch templates", "Amazon EKS optimized AL2 AMIs"
 * (none for Kubernetes 1.33 and later), "Grant IAM users access to Kubernetes with EKS access entries".
 */
export interface BlueShape {
  /** Does blue admit people by its aws-auth ConfigMap alone? */
  readonly admitsByConfigMapAlone: boolean;
  readonly nodegroups: readonly NodegroupShape[];
}

export interface NodegroupShape {
  readonly name: string;
  /** Such as `AL2023_x86_64_STANDARD`; `CUSTOM` where a launch template names the image. */
  readonly amiType: string;
  readonly hasLaunchTemplate: boolean;
}

/** The first Kubernetes minor without images of Amazon Linux 2. */
const FIRST_WITHOUT_AL2 = '1.33';

export function likenessFindings(
  { admitsByConfigMapAlone, nodegroups }: BlueShape,
  blue: string,
  targetVersion: string,
): readonly Finding[] {
  const hasNoAl2 = compareVersions(targetVersion, FIRST_WITHOUT_AL2) >= 0;
  return [
    ...(admitsByConfigMapAlone
      ? [
          finding(
            'aws-auth-only',
            'block',
            blue,
            'blue admits people by its aws-auth ConfigMap alone, which green does not have',
            'set blue’s authentication mode to API_AND_CONFIG_MAP and give each of them an access entry (`eksctl` migrates them)',
          ),
        ]
      : []),
    ...nodegroups.flatMap((nodegroup) => [
      ...(nodegroup.hasLaunchTemplate ? [launchTemplate(nodegroup)] : []),
      ...(hasNoAl2 && nodegroup.amiType.startsWith('AL2_')
        ? [noImage(nodegroup, targetVersion)]
        : []),
    ]),
  ];
}

function launchTemplate({ name }: NodegroupShape): Finding {
  return finding(
    'launch-template',
    'block',
    name,
    'the node group uses a launch template, whose image and user data are made for blue: its instances would join blue',
    'replace it on blue by a node group without one, or make green and its node groups yourself and name green in the plan',
  );
}

function noImage({ name, amiType }: NodegroupShape, targetVersion: string): Finding {
  return finding(
    'node-image-gone',
    'block',
    name,
    `there is no ${amiType} image for Kubernetes ${targetVersion}: EKS has none of Amazon Linux 2 since ${FIRST_WITHOUT_AL2}`,
    'replace the node group on blue by one of Amazon Linux 2023 or Bottlerocket, and see its pods run there',
  );
}
