/** Kubeconfig files as the sandbox writes them: one cluster, one user, one context. JSON is YAML too. */

export interface KubeconfigOptions {
  readonly name: string;
  readonly server: string;
  /** PEM in base64; without it the server speaks plain HTTP. */
  readonly caData?: string;
  readonly token?: string;
}

export function kubeconfig({ name, server, caData, token }: KubeconfigOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server,
          ...(caData === undefined ? {} : { 'certificate-authority-data': caData }),
        },
      },
    ],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
