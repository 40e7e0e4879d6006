/**
 * What a person does about an issue that EKS reports of a cluster, a node group or an add-on, by its code. Source: Amazon EKS API
 * Reference, `ClusterIssue`, `Issue` (node groups) and `AddonIssue`. Pure; asked by the activities that wait for green.
 */
const MOVES: Readonly<Record<string, string>> = {
  // Addresses, subnets, networks.
  InsufficientFreeAddresses:
    'free addresses in the named subnets or give green others: its pods and nodes take as many as blue’s',
  Ec2SubnetNotFound: 'a subnet of blue’s is gone: put it right on blue, then start again',
  Ec2SubnetInvalidConfiguration:
    'let the subnet give nodes public addresses, or put node groups into private subnets with a way to ECR and EKS',
  Ec2SubnetListTooLong: 'name fewer subnets for the node group',
  Ec2SubnetMissingIpv6Assignment: 'let the subnet assign IPv6 addresses to new interfaces',
  Ec2SecurityGroupNotFound:
    'a security group that blue’s settings name is gone: put them right on blue, then start again',
  Ec2SecurityGroupDeletionFailure: 'remove what still uses the named security group',
  VpcNotFound: 'blue’s VPC cannot be found: check its id and the account',
  ClusterUnreachable:
    'let EKS reach the API server: endpoint access, the cluster’s security group, admission webhooks',
  // Limits.
  ResourceLimitExceeded:
    'raise the quota that the message names (Service Quotas), then start again',
  InstanceLimitExceeded:
    'raise the quota of vCPUs for this instance family (EC2, L-1216C47A for standard ones): blue’s nodes stay until the end',
  LimitExceeded: 'raise the quota that the message names (Service Quotas), then start again',
  IamLimitExceeded:
    'raise the IAM quota that the message names, or remove unused instance profiles',
  AutoScalingGroupRateLimitExceeded:
    'wait some minutes, then start again: Auto Scaling was asked too often',
  IamThrottling: 'wait some minutes, then start again: IAM was asked too often',
  // Nodes.
  AsgInstanceLaunchFailures:
    'look at the Auto Scaling group’s activities: no capacity in a zone, a template it may not use, or a quota',
  NodeCreationFailure:
    'nodes started and never joined: let them reach the API server (security groups, routes, DNS) and admit their role (access entry of type EC2_LINUX)',
  NodeTerminationFailure: 'look at the instances that do not go, and at their lifecycle hooks',
  PodEvictionFailure: 'a disruption budget lets a pod not go: loosen it, then try again',
  AmiIdNotFound:
    'the AMI of the launch template is gone or not shared with this account: name another',
  Ec2InstanceTypeDoesNotExist:
    'the instance type is not offered in this region or zone: choose another',
  KubernetesLabelInvalid:
    'a label of the node group is none that Kubernetes takes: mend it on blue',
  // Launch templates and groups.
  Ec2LaunchTemplateNotFound:
    'the launch template is gone: name one that is there on blue’s node group',
  SourceEc2LaunchTemplateNotFound:
    'the launch template is gone: name one that is there on blue’s node group',
  Ec2LaunchTemplateVersionMismatch:
    'the version of the launch template differs from what EKS made: set it back, or make the node group anew',
  Ec2LaunchTemplateInvalidConfiguration: 'mend what the message names in the launch template',
  Ec2LaunchTemplateMaxLimitExceeded: 'delete launch templates that nobody uses, or raise the quota',
  Ec2LaunchTemplateVersionMaxLimitExceeded:
    'delete versions of the launch template that nobody uses',
  Ec2LaunchTemplateDeletionFailure: 'remove what still uses the launch template',
  AutoScalingGroupNotFound:
    'somebody deleted the node group’s Auto Scaling group: delete the node group, then start again',
  AutoScalingGroupInvalidConfiguration: 'mend what the message names in the Auto Scaling group',
  AutoScalingGroupInstanceRefreshActive:
    'wait until the instance refresh has ended, then start again',
  AutoScalingGroupOptInRequired: 'opt in to the zone or region that the message names',
  // Roles and rights.
  AccessDenied: 'give the role that the message names the rights it lacks, then start again',
  IamRoleNotFound: 'the cluster’s role is gone: make it again, or name another on blue',
  IamNodeRoleNotFound:
    'the nodes’ role is gone: make it again, or name another on blue’s node group',
  IamInstanceProfileNotFound: 'the nodes’ instance profile is gone: make it again',
  StsRegionalEndpointDisabled: 'activate the regional STS endpoint in the account’s IAM settings',
  Ec2ServiceNotSubscribed: 'subscribe the account to EC2',
  // Keys.
  KmsKeyNotFound:
    'the key that encrypts blue’s secrets is gone: name another; what it encrypted is lost',
  KmsKeyDisabled: 'enable the key again',
  KmsKeyMarkedForDeletion: 'cancel the deletion of the key',
  KmsGrantRevoked: 'grant the cluster’s role the use of the key again',
  // Add-ons.
  AddonPermissionFailure: 'give the add-on’s role the rights it lacks (Pod Identity or IRSA)',
  AddonSubscriptionNeeded: 'subscribe to the add-on in AWS Marketplace',
  AdmissionRequestDenied: 'an admission webhook or policy on green refused it: let it pass',
  InsufficientNumberOfReplicas:
    'its pods do not become ready: `kubectl describe` them on green; a CNI or nodes may be missing',
  K8sResourceNotFound: 'somebody deleted an object of the add-on: install it again',
  UnsupportedAddonModification:
    'somebody changed what the add-on manages: undo that, or set its configuration',
  // Whatever they meant.
  ConfigurationConflict: 'somebody else manages what it wants to set: let one of them go',
  ResourceNotFound:
    'what the message names is gone: make it again, or take it out of blue’s settings',
  UnsupportedVersion: 'choose a Kubernetes version that EKS supports',
  InternalFailure: 'nothing of yours: start again, and ask AWS support when it stays',
  Unknown: 'read the message; ask AWS support when it does not tell',
  Other: 'read the message; ask AWS support when it does not tell',
};

/** @param issues as adapters tell them, `code: message`; null where none has a move of its own */
export function moveAbout(issues: readonly string[]): string | null {
  const moves = issues.flatMap((issue) => {
    const [code = ''] = issue.split(':');
    return Object.hasOwn(MOVES, code) ? [MOVES[code] ?? ''] : [];
  });
  return moves.length === 0 ? null : [...new Set(moves)].join('; and ');
}
