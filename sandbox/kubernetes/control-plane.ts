/** What a running control plane offers, and what is asked of one. Implemented by `create-control-planes.ts`. */
import type { AdminClient } from './admin-client.ts';
import type { NodeSpec } from './cluster-nodes.ts';

/** The versions a 1.36 binary can play (`--emulated-version`). */
export type KubernetesVersion = '1.33' | '1.34' | '1.35' | '1.36';

export interface ControlPlaneSpec {
  /** Unique in the sandbox; letters, digits, `-` and `_`, as EKS allows. */
  readonly name: string;
  readonly version: KubernetesVersion;
  /** Addresses of pods, such as `10.1.0.0/16`; clusters that traffic moves between must not overlap. */
  readonly podCidr: string;
  /** Addresses of Services, such as `172.20.0.0/16`. */
  readonly serviceCidr: string;
  /** Plain HTTP on loopback; gets a TokenReview (v1) for every token the cluster did not issue. @default nobody is asked */
  readonly tokenWebhookUrl?: string;
  /** Issuer in service account tokens, an https URL. @default https://oidc.sandbox.invalid/NAME */
  readonly issuerUrl?: string;
}

export interface ControlPlane {
  readonly name: string;
  readonly version: KubernetesVersion;
  /** `https://127.0.0.1:PORT`; stays the same over restarts. */
  readonly endpoint: string;
  /** The certificate authority as EKS reports it: PEM in base64. */
  readonly caData: string;
  /** For kubectl and for processes of the sandbox: may do everything. */
  readonly adminKubeconfigPath: string;
  readonly adminToken: string;
  /** With the administrator's token; closed by `stop`. */
  readonly client: AdminClient;
  /** Returns when all of them are Ready. Nodes that exist already are left as they are. */
  addNodes(nodes: readonly NodeSpec[]): Promise<void>;
  /** As a node group's instances go: cordoned, their pods deleted, the nodes removed. Unknown names are ignored. */
  removeNodes(names: readonly string[]): Promise<void>;
  /** kill -9 of the API server alone, for crash tests. */
  killApiServer(): Promise<void>;
  /** Starts it again on the same port with the same data; returns when it is ready. */
  startApiServer(): Promise<void>;
  /** Ends its processes and deletes its data; a second call does nothing. */
  stop(): Promise<void>;
}
