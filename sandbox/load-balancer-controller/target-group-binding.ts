/**
 * The `TargetGroupBinding` of the AWS Load Balancer Controller, as far as the sandbox plays it: the CRD that the
 * controller's chart brings, and the fields read of its objects. Source: kubernetes-sigs/aws-load-balancer-controller
 * v3.5.0, docs/guide/targetgroupbinding/. Used by the stand-in and by the shop's manifests.
 */
import { z } from 'zod';
import { defineResource, objectSchema } from '#sandbox/kubernetes/kubernetes-object.ts';

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});
const conditionsSchema = z
  .array(conditionSchema)
  .nullish()
  .transform((conditions) => conditions ?? []);

export const targetGroupBindings = defineResource({
  apiVersion: 'elbv2.k8s.aws/v1beta1',
  kind: 'TargetGroupBinding',
  plural: 'targetgroupbindings',
  schema: objectSchema.extend({
    spec: z.looseObject({
      targetGroupARN: z.string().optional(),
      targetType: z.enum(['ip', 'instance']).default('ip'),
      serviceRef: z.looseObject({ name: z.string(), port: z.union([z.number(), z.string()]) }),
      multiClusterTargetGroup: z.boolean().default(false),
    }),
    status: z
      .looseObject({
        observedGeneration: z.number().optional(),
        conditions: conditionsSchema,
      })
      .optional(),
  }),
});

export type TargetGroupBinding = ReturnType<typeof targetGroupBindings.parse>;

const peerSchema = {
  type: 'object',
  properties: {
    ipBlock: { type: 'object', required: ['cidr'], properties: { cidr: { type: 'string' } } },
    securityGroup: {
      type: 'object',
      required: ['groupID'],
      properties: { groupID: { type: 'string' } },
    },
  },
};

const specSchema = {
  type: 'object',
  required: ['serviceRef'],
  properties: {
    targetGroupARN: { type: 'string', minLength: 1 },
    targetGroupName: { type: 'string' },
    targetType: { type: 'string', enum: ['instance', 'ip'] },
    ipAddressType: { type: 'string', enum: ['ipv4', 'ipv6'] },
    vpcID: { type: 'string', pattern: '^vpc-[0-9a-f]{8}([0-9a-f]{9})?$' },
    multiClusterTargetGroup: { type: 'boolean' },
    iamRoleArnToAssume: { type: 'string' },
    assumeRoleExternalId: { type: 'string' },
    serviceRef: {
      type: 'object',
      required: ['name', 'port'],
      properties: {
        name: { type: 'string' },
        port: {
          'x-kubernetes-int-or-string': true,
          anyOf: [{ type: 'integer' }, { type: 'string' }],
        },
      },
    },
    networking: {
      type: 'object',
      properties: {
        ingress: {
          type: 'array',
          items: {
            type: 'object',
            required: ['from', 'ports'],
            properties: {
              from: { type: 'array', items: peerSchema },
              ports: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    protocol: { type: 'string', enum: ['TCP', 'UDP'] },
                    port: {
                      'x-kubernetes-int-or-string': true,
                      anyOf: [{ type: 'integer' }, { type: 'string' }],
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    nodeSelector: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

/** What the controller's Helm chart installs; applied to every cluster in which the stand-in runs. */
export const targetGroupBindingDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'targetgroupbindings.elbv2.k8s.aws' },
  spec: {
    group: 'elbv2.k8s.aws',
    scope: 'Namespaced',
    names: {
      kind: 'TargetGroupBinding',
      listKind: 'TargetGroupBindingList',
      plural: 'targetgroupbindings',
      singular: 'targetgroupbinding',
    },
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: specSchema,
              status: {
                type: 'object',
                properties: {
                  observedGeneration: { type: 'integer', format: 'int64' },
                  conditions: {
                    type: 'array',
                    items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
} as const;
