/**
 * Kinds of a live cluster that are looked at: those whose older versions were removed, or whose behaviour changes, and Secrets for
 * the releases of Helm in them. Not FlowSchemas, whose old field managers are the API server's own.
 */
export interface JudgedKind {
  readonly apiVersion: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

const of = (apiVersion: string, plurals: readonly string[], isNamespaced: boolean) =>
  plurals.map((plural): JudgedKind => ({ apiVersion, plural, isNamespaced }));

export const JUDGED_KINDS: readonly JudgedKind[] = [
  ...of('v1', ['secrets', 'services', 'endpoints'], true),
  ...of('apps/v1', ['deployments', 'statefulsets', 'daemonsets'], true),
  ...of('batch/v1', ['cronjobs'], true),
  ...of('autoscaling/v2', ['horizontalpodautoscalers'], true),
  ...of('policy/v1', ['poddisruptionbudgets'], true),
  ...of('networking.k8s.io/v1', ['ingresses', 'networkpolicies'], true),
  ...of('rbac.authorization.k8s.io/v1', ['roles', 'rolebindings'], true),
  ...of('networking.k8s.io/v1', ['ingressclasses'], false),
  ...of('storage.k8s.io/v1', ['storageclasses'], false),
  ...of('scheduling.k8s.io/v1', ['priorityclasses'], false),
  ...of(
    'admissionregistration.k8s.io/v1',
    ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    false,
  ),
];
