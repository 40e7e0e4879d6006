import { assertNever } from '#domain/assert-never.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import type { ResolvedRoute } from '#domain/migration/resolved.ts';
import { nameOfPlace } from './route-place.ts';
import { weightsFieldOf, type WeightsField } from './weights-owner.ts';

/**
 * What the owner of each route must change in their own files once green serves: without it the next apply points at blue, which
 * is gone. Pure; part of the outcome, of the status after commit, and of the notice at the end.
 */
export interface HandOver {
  readonly routeId: string;
  /** Where the weights are: an ARN. */
  readonly resource: string;
  /** Who owns it, as far as tags tell; null where none does. */
  readonly owner: string | null;
  /** What is in place and must stay, as the API takes it. */
  readonly inPlace: Readonly<Record<string, unknown>>;
  /** What to change, one sentence per tool. */
  readonly changes: readonly { readonly tool: string; readonly change: string }[];
  /** All of it for people who own no tool: one sentence. */
  readonly sentence: string;
}

/** One per route, from commit on; before, and after a rollback, rules are as their owners wrote them. */
export function handOverOf(
  state: Pick<MigrationState, 'committed' | 'resolved'>,
): readonly HandOver[] {
  if (state.committed === null) return [];
  return (state.resolved?.routes ?? []).map(handOverRoute);
}

function handOverRoute(route: ResolvedRoute): HandOver {
  const resource = nameOfPlace(route);
  const owner = route.weightsOwner ?? null;
  const changes = changesOf(weightsFieldOf(route), greenOf(route));
  const mine = changes.find(({ tool }) => tool === owner?.tool) ?? changes[0];
  return {
    routeId: route.id,
    resource,
    owner: owner === null ? null : `${owner.tool} (tag ${owner.tag})`,
    inPlace: inPlace(route),
    changes,
    sentence: `route ${route.id}, ${resource}: ${mine?.change ?? ''}; else the next apply points at blue`,
  };
}

/** What green is called where the weights are. */
function greenOf(route: ResolvedRoute): string {
  switch (route.with) {
    case 'route53':
      return route.greenTarget.dnsName;
    case 'gateway':
      return `${route.greenBackend.kind} ${route.greenBackend.name}`;
    case 'alb':
    case 'nlb':
    case 'ingress':
      return route.greenTargetGroupArn;
    default:
      return assertNever(route);
  }
}

function changesOf(field: WeightsField, green: string): HandOver['changes'] {
  switch (field.kind) {
    case 'action': {
      const { terraform, cloudFormation } = field;
      return [
        {
          tool: 'Terraform',
          change: `set ${terraform.attribute} of the ${terraform.resource} to forward to ${green} alone, or ignore_changes = [${terraform.attribute}]`,
        },
        {
          tool: 'CloudFormation',
          change: `set ${cloudFormation.property} of the ${cloudFormation.type} to forward to ${green} alone before the next update of the stack`,
        },
      ];
    }
    case 'annotation':
      return [
        {
          tool: 'Kubernetes',
          change: `set annotation ${field.annotation} of ${field.object} to forward to ${green} alone`,
        },
      ];
    case 'field':
      return [
        {
          tool: 'Kubernetes',
          change: `let ${field.field} of ${field.object} name ${green} where they named blue's backend`,
        },
      ];
    default:
      return assertNever(field);
  }
}

/** The forward action that is left when blue is off the route, as the API (or the annotation) has it. */
function inPlace(route: ResolvedRoute): Readonly<Record<string, unknown>> {
  const { stickySeconds = null, greenTargetGroupArn: green } = route;
  switch (route.with) {
    case 'alb':
    case 'nlb': {
      const sticky = { Enabled: true, DurationSeconds: stickySeconds };
      return {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn: green, Weight: 1 }],
          ...(stickySeconds === null ? {} : { TargetGroupStickinessConfig: sticky }),
        },
      };
    }
    case 'ingress': {
      const sticky = { enabled: true, durationSeconds: stickySeconds };
      return {
        type: 'forward',
        forwardConfig: {
          targetGroups: [{ targetGroupARN: green }],
          ...(stickySeconds === null ? {} : { targetGroupStickinessConfig: sticky }),
        },
      };
    }
    case 'route53': {
      const { recordName: Name, recordType: Type, greenTarget } = route;
      const target =
        Type === 'CNAME'
          ? { ResourceRecords: [{ Value: greenTarget.dnsName }] }
          : {
              AliasTarget: { HostedZoneId: greenTarget.hostedZoneId, DNSName: greenTarget.dnsName },
            };
      return { Name, Type, ...target };
    }
    case 'gateway':
      return { backendRefs: [{ ...route.greenBackend, weight: 1 }] };
    default:
      return assertNever(route);
  }
}

const MOST_IN_A_NOTICE = 5;

/** For a notice: the first few, and where the rest is. Empty where nothing is handed over. */
export function describeHandOver(all: readonly HandOver[], workflowId: string): string {
  if (all.length === 0) return '';
  const shown = all.slice(0, MOST_IN_A_NOTICE).map(({ sentence }) => sentence);
  const left = all.length - shown.length;
  const more = left > 0 ? [`and ${left} more: cutover status ${workflowId} -o json`] : [];
  return `Owners must now change: ${[...shown, ...more].join('; ')}`;
}
