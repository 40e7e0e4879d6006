/**
 * Who the processes of one control plane are to its API server: a bearer token each, in the file the server reads. Users of
 * the cluster are not among them; they come through the token webhook, as they do on EKS.
 */
import { randomBytes } from 'node:crypto';

export interface ClusterIdentities {
  readonly admin: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kubelets: string;
}

export function createIdentities(): ClusterIdentities {
  return {
    admin: newToken(),
    controllerManager: newToken(),
    scheduler: newToken(),
    kubelets: newToken(),
  };
}

/** Lines of `token,user,uid,"groups"`. The scheduler keeps to the role Kubernetes gives it; the rest may do everything. */
export function tokenFile(identities: ClusterIdentities): string {
  const everything = 'system:masters';
  return [
    [identities.admin, 'cutover-sandbox', everything],
    [identities.controllerManager, 'system:kube-controller-manager', everything],
    [identities.scheduler, 'system:kube-scheduler', 'system:authenticated'],
    [identities.kubelets, 'cutover-sandbox-kubelets', everything],
  ]
    .map(
      ([token, user, groups]) =>
        `${String(token)},${String(user)},${String(user)},"${String(groups)}"\n`,
    )
    .join('');
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}
