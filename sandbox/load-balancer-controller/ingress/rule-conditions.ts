/**
 * The conditions of a path's rule: its host, its path by the path type, and what `conditions.<service>` adds. Pure.
 * Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, pkg/ingress/model_build_listener_rules.go
 */
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { assertNever } from '#domain/assert-never.ts';
import {
  conditionsSchema,
  IngressNotServedError,
  jsonOf,
  type Annotations,
} from './annotations.ts';
import type { IngressPath } from './ingress-objects.ts';

export function ruleConditions(
  annotations: Annotations,
  host: string,
  path: IngressPath,
): readonly RuleCondition[] {
  const service = path.backend.service?.name ?? '';
  const added = jsonOf(annotations, `conditions.${service}`, conditionsSchema) ?? [];
  const hosts = host === '' ? [] : [host];
  const paths = path.path === '' ? [] : pathPatterns(path);
  const conditions: RuleCondition[] = [];
  for (const condition of added) {
    switch (condition.field) {
      case 'host-header':
        hosts.push(...condition.hostHeaderConfig.values);
        break;
      case 'path-pattern':
        paths.push(...condition.pathPatternConfig.values);
        break;
      case 'http-header': {
        const { httpHeaderName, values } = condition.httpHeaderConfig;
        conditions.push({
          Field: condition.field,
          HttpHeaderConfig: { HttpHeaderName: httpHeaderName, Values: values },
        });
        break;
      }
      case 'http-request-method': {
        const { values: Values } = condition.httpRequestMethodConfig;
        conditions.push({ Field: condition.field, HttpRequestMethodConfig: { Values } });
        break;
      }
      case 'source-ip': {
        const { values: Values } = condition.sourceIPConfig;
        conditions.push({ Field: condition.field, SourceIpConfig: { Values } });
        break;
      }
      default:
        assertNever(condition);
    }
  }
  if (hosts.length > 0)
    conditions.push({ Field: 'host-header', HostHeaderConfig: { Values: hosts } });
  if (paths.length > 0)
    conditions.push({ Field: 'path-pattern', PathPatternConfig: { Values: paths } });
  return conditions.length > 0
    ? conditions
    : [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }];
}

/** Exact paths first, then prefixes, longest first, then the rest; equals stay in the order in which they are written. */
export function sortedPaths(paths: readonly IngressPath[]): readonly IngressPath[] {
  const ofType = (type: IngressPath['pathType']): readonly IngressPath[] =>
    paths.filter(({ pathType }) => pathType === type);
  return [
    ...ofType('Exact'),
    ...ofType('Prefix').toSorted((a, b) => b.path.length - a.path.length),
    ...ofType('ImplementationSpecific'),
  ];
}

function pathPatterns({ path, pathType }: IngressPath): string[] {
  if (pathType === 'ImplementationSpecific') return [path];
  if (/[*?]/.test(path))
    throw new IngressNotServedError(`a path of type ${pathType} has no wildcards: ${path}`);
  if (pathType === 'Exact') return [path];
  if (path === '/') return ['/*'];
  const prefix = path.replace(/\/$/, '');
  return [prefix, `${prefix}/*`];
}
