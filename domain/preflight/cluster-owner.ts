import { assertNever } from '#domain/assert-never.ts';
import { finding, type Finding } from './finding.ts';
import { tagText, toolByTags, type OwningTool } from '#domain/traffic/weights-owner.ts';

/**
 * Whose files have blue in them, as far as its tags tell: whoever made it makes it again after it was retired, or undoes what a
 * migration sets on it. A part of `readiness.ts`. Sources: the tools' documentation on the tags that they write.
 */
type ClusterTool = OwningTool | 'eksctl' | 'ACK' | 'kro';

interface ClusterOwner {
  readonly tool: ClusterTool;
  /** The tag that says so, `key=value`. */
  readonly tag: string;
}

/** Before those that any tool may stand behind: eksctl and kro work by other tools, whose tags are there, too. */
const BY_KEY: readonly (readonly [RegExp, ClusterTool])[] = [
  [/^alpha\.eksctl\.io\/|^eksctl\.cluster\.k8s\.io\//u, 'eksctl'],
  [/^kro\.run\//u, 'kro'],
  [/^services\.k8s\.aws\//u, 'ACK'],
];

export function clusterOwner(tags: Readonly<Record<string, string>>): ClusterOwner | null {
  for (const [pattern, tool] of BY_KEY)
    for (const [key, value] of Object.entries(tags))
      if (pattern.test(key)) return { tool, tag: tagText(key, value) };
  return toolByTags(tags);
}

export function ownerFindings(
  blue: string,
  tags: Readonly<Record<string, string>>,
): readonly Finding[] {
  const owner = clusterOwner(tags);
  if (owner === null) return [];
  const { tool, tag } = owner;
  const isWatching = tool === 'ACK' || tool === 'kro' || tool === 'Crossplane';
  return [
    isWatching
      ? finding(
          'blue-owned-elsewhere',
          'warn',
          blue,
          `${tool} keeps blue as its object says (tag ${tag}): it makes blue again as soon as it is gone`,
          whatToDo(tool),
        )
      : finding(
          'blue-owned-elsewhere',
          'info',
          blue,
          `${tool} has blue in its files (tag ${tag}): an apply after its retirement would make it again`,
          whatToDo(tool),
        ),
  ];
}

function whatToDo(tool: ClusterTool): string {
  switch (tool) {
    case 'eksctl':
      return 'before the gate `retire` take blue out of your eksctl files, and delete what is left of its stacks afterwards (eksctl delete cluster)';
    case 'CloudFormation':
      return 'before the gate `retire` give blue DeletionPolicy Retain in its stack and take it out of the template';
    case 'Terraform':
    case 'OpenTofu':
      return 'before the gate `retire` take blue out of its files and state: a `removed` block with `destroy = false`';
    case 'Pulumi':
      return 'before the gate `retire` take blue out of its program and state (pulumi state delete)';
    case 'Crossplane':
      return 'before the gate `retire` delete the object with managementPolicies that leave out Delete and Create, or deletionPolicy: Orphan';
    case 'ACK':
    case 'kro':
      return 'before the gate `retire` annotate the object with services.k8s.aws/deletion-policy: retain, and take it out of Git and of the hub';
    default:
      return assertNever(tool);
  }
}
