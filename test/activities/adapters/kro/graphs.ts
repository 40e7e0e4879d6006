/** ResourceGraphDefinitions as users may have them: a kind of their own, one that keeps its cluster, and one that kro refuses. */

const CLUSTER = (metadata: string): string => `
    - id: cluster
      template:
        apiVersion: eks.services.k8s.aws/v1alpha1
        kind: Cluster
        metadata: ${metadata}
        spec:
          name: \${schema.spec.name}
          version: \${schema.spec.version}
          tags: \${schema.spec.tags}
          roleARN: arn:aws:iam::111122223333:role/shop-eks-cluster
          resourcesVPCConfig: { subnetIDs: [subnet-0c07e0000000000a1, subnet-0c07e0000000000b1] }
`;

const graph = (name: string, kind: string, metadata: string): string => `
apiVersion: kro.run/v1alpha1
kind: ResourceGraphDefinition
metadata: { name: ${name} }
spec:
  schema:
    apiVersion: v1
    kind: ${kind}
    group: boxes.example.org
    spec:
      name: string
      version: string
      tags: "map[string]string"
      size: string | default="large"
  resources:${CLUSTER(metadata)}`;

export const GRAPHS = {
  /** Its kind's plural is not the usual one; it says nothing about readiness. */
  box: graph('cluster-box', 'ClusterBox', '{ name: "${schema.metadata.name}" }'),
  retained: graph(
    'retained-box',
    'RetainedBox',
    '{ name: "${schema.metadata.name}", annotations: { services.k8s.aws/deletion-policy: retain } }',
  ),
  /** The field's name is one of the mistakes that circulate. */
  broken: {
    metadata: { name: 'broken-box' },
    spec: {
      schema: {
        apiVersion: 'v1alpha1',
        kind: 'BrokenBox',
        spec: { name: 'string', version: 'string', tags: 'map[string]string' },
      },
      resources: [
        {
          id: 'nodegroup',
          template: {
            apiVersion: 'eks.services.k8s.aws/v1alpha1',
            kind: 'Nodegroup',
            metadata: { name: '${schema.spec.name}' },
            spec: { nodegroupName: '${schema.spec.name}' },
          },
        },
      ],
    },
  },
} as const;
