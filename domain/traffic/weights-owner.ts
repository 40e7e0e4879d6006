import { assertNever } from '#domain/assert-never.ts';
import { nameOfPlace, type RoutePlace } from './route-place.ts';

/**
 * Who else writes a route's weights from files of their own (I15), as far as tags tell, and under which name their tool knows the
 * field: the next apply of such a tool would set the weights that its files say. Pure; asked at preflight, and again when a
 * migration hands its routes over.
 */
export interface WeightsOwner {
  readonly tool: OwningTool;
  /** The tag that says so, `key=value`. */
  readonly tag: string;
  /** `load-balancer`: only the load balancer is known to be theirs; the rule may be somebody else's. */
  readonly of: 'route' | 'load-balancer';
}

export type OwningTool = 'CloudFormation' | 'Terraform' | 'OpenTofu' | 'Pulumi' | 'Crossplane';

type Tags = Readonly<Record<string, string>>;

/** The owner of a route, by its own tags first; null where no tag tells. */
export function weightsOwner(tags: {
  readonly route: Tags;
  readonly loadBalancer: Tags;
}): WeightsOwner | null {
  return ownerIn(tags.route, 'route') ?? ownerIn(tags.loadBalancer, 'load-balancer');
}

function ownerIn(tags: Tags, of: WeightsOwner['of']): WeightsOwner | null {
  const owner = toolByTags(tags);
  return owner === null ? null : { ...owner, of };
}

/** The tool that says by a tag that the resource is in its files; null where none does. */
export function toolByTags(tags: Tags): Omit<WeightsOwner, 'of'> | null {
  for (const [key, value] of Object.entries(tags)) {
    const tool = toolOf(key, value);
    if (tool !== null) return { tool, tag: tagText(key, value) };
  }
  return null;
}

/** `key=value`, of a length that people read. */
export function tagText(key: string, value: string): string {
  return `${key}=${value}`.slice(0, LONGEST_TAG);
}

const LONGEST_TAG = 120;

/** Set by the service itself; nobody else can write tags that begin with `aws:` ("Tag naming limits", AWS). */
const STACK_TAG = 'aws:cloudformation:stack-name';

/** Nobody agreed on a tag for the others: what teams write is `managed-by: terraform`, `Terraform: true` and the like. */
const TOOLS: readonly (readonly [RegExp, OwningTool])[] = [
  [/\b(?:opentofu|tofu)\b/iu, 'OpenTofu'],
  [/\b(?:terraform|terragrunt|terraform-cloud)\b/iu, 'Terraform'],
  [/\bpulumi\b/iu, 'Pulumi'],
  [/\bcrossplane\b/iu, 'Crossplane'],
  [/\b(?:cloudformation|aws-cdk|cdk)\b/iu, 'CloudFormation'],
];
const SAYS_WHO =
  /^(?:managed|provisioned|created|deployed)[-_.: ]?(?:by|with)$|^provisioner$|^iac$/iu;
const SAYS_NO = /^(?:false|no|0)$/iu;

function toolOf(key: string, value: string): OwningTool | null {
  if (key === STACK_TAG) return 'CloudFormation';
  const saysWho = SAYS_WHO.test(key.split('/').at(-1) ?? key);
  const text = saysWho ? value : SAYS_NO.test(value) ? '' : (key.split(/[:/._]/u)[0] ?? '');
  return TOOLS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** The field that holds a route's weights, as tools that own it know it. */
export type WeightsField =
  | {
      readonly kind: 'action';
      readonly terraform: { readonly resource: string; readonly attribute: string };
      readonly cloudFormation: { readonly type: string; readonly property: string };
    }
  | { readonly kind: 'annotation'; readonly object: string; readonly annotation: string }
  | { readonly kind: 'field'; readonly object: string; readonly field: string };

export function weightsFieldOf(place: RoutePlace): WeightsField {
  switch (place.with) {
    case 'alb':
      return place.isDefault === true ? LISTENER : RULE;
    case 'nlb':
      return LISTENER;
    case 'ingress':
      return {
        kind: 'annotation',
        object: `Ingress ${place.namespace}/${place.ingress}`,
        annotation: `alb.ingress.kubernetes.io/actions.${place.service}`,
      };
    case 'route53':
      return RECORD;
    case 'gateway':
      return { kind: 'field', object: nameOfPlace(place), field: 'spec.rules[].backendRefs' };
    default:
      return assertNever(place);
  }
}

const RULE: WeightsField = {
  kind: 'action',
  terraform: { resource: 'aws_lb_listener_rule', attribute: 'action' },
  cloudFormation: { type: 'AWS::ElasticLoadBalancingV2::ListenerRule', property: 'Actions' },
};
const RECORD: WeightsField = {
  kind: 'action',
  terraform: { resource: 'aws_route53_record', attribute: 'alias' },
  cloudFormation: { type: 'AWS::Route53::RecordSet', property: 'AliasTarget' },
};
const LISTENER: WeightsField = {
  kind: 'action',
  terraform: { resource: 'aws_lb_listener', attribute: 'default_action' },
  cloudFormation: { type: 'AWS::ElasticLoadBalancingV2::Listener', property: 'DefaultActions' },
};

/** What preflight asks of the owner, so that no apply meets the migration half-way. */
export function askOwner(
  routeId: string,
  { tool, tag, of }: WeightsOwner,
  field: WeightsField,
): { readonly title: string; readonly remedy: string } {
  const what = of === 'route' ? `route ${routeId}` : `the load balancer of route ${routeId}`;
  const title = `${tool} owns ${what} (tag ${tag}): an apply during the migration would write its own weights`;
  return { title, remedy: `ask its owner ${wishOf(tool, field)} until the migration has ended` };
}

function wishOf(tool: OwningTool, field: WeightsField): string {
  if (field.kind === 'field') return `to leave ${field.field} of ${field.object} alone`;
  if (field.kind === 'annotation') return `to leave ${field.annotation} of ${field.object} alone`;
  if (tool !== 'Terraform' && tool !== 'OpenTofu') return 'to update nothing there';
  const { resource, attribute } = field.terraform;
  return `for ignore_changes = [${attribute}] on the ${resource}`;
}
