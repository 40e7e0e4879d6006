/**
 * The objects of ACK's EKS controller, as far as the stand-in plays them: the fields it reads, and the conditions it writes.
 * Source: their CustomResourceDefinitions in `definitions/`. Called by `ack-stand-in.ts`.
 */
import { AMITypes, CapacityTypes, IpFamily, LogType, TaintEffect } from '@aws-sdk/client-eks';
import { z } from 'zod';
import { defineResource, objectSchema } from '#sandbox/kubernetes/kubernetes-object.ts';

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  message: z.string().optional(),
  reason: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});

export type AckCondition = z.infer<typeof conditionSchema>;

const statusSchema = z.looseObject({
  ackResourceMetadata: z.looseObject({ arn: z.string().optional() }).optional(),
  conditions: z.array(conditionSchema).default([]),
});

const textList = z.array(z.string()).optional();
const textMap = z.record(z.string(), z.string()).optional();

export const ackClusters = defineResource({
  apiVersion: 'eks.services.k8s.aws/v1alpha1',
  kind: 'Cluster',
  plural: 'clusters',
  schema: objectSchema.extend({
    spec: z.looseObject({
      name: z.string(),
      version: z.string().optional(),
      roleARN: z.string().optional(),
      tags: textMap,
      resourcesVPCConfig: z.looseObject({
        subnetIDs: textList,
        securityGroupIDs: textList,
        endpointPublicAccess: z.boolean().optional(),
        endpointPrivateAccess: z.boolean().optional(),
        publicAccessCIDRs: textList,
      }),
      accessConfig: z
        .looseObject({
          authenticationMode: z.enum(['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP']).optional(),
          bootstrapClusterCreatorAdminPermissions: z.boolean().optional(),
        })
        .optional(),
      kubernetesNetworkConfig: z
        .looseObject({
          ipFamily: z.enum(IpFamily).optional(),
          serviceIPv4CIDR: z.string().optional(),
        })
        .optional(),
      encryptionConfig: z
        .array(
          z.looseObject({
            provider: z.looseObject({ keyARN: z.string().optional() }).optional(),
            resources: textList,
          }),
        )
        .optional(),
      logging: z
        .looseObject({
          clusterLogging: z
            .array(
              z.looseObject({
                enabled: z.boolean().optional(),
                types: z.array(z.enum(LogType)).optional(),
              }),
            )
            .optional(),
        })
        .optional(),
    }),
    status: statusSchema.optional(),
  }),
});

export const ackNodegroups = defineResource({
  apiVersion: 'eks.services.k8s.aws/v1alpha1',
  kind: 'Nodegroup',
  plural: 'nodegroups',
  schema: objectSchema.extend({
    spec: z.looseObject({
      name: z.string(),
      clusterName: z.string().optional(),
      nodeRole: z.string().optional(),
      subnets: textList,
      tags: textMap,
      labels: textMap,
      instanceTypes: textList,
      amiType: z.enum(AMITypes).optional(),
      capacityType: z.enum(CapacityTypes).optional(),
      diskSize: z.number().optional(),
      scalingConfig: z
        .looseObject({
          minSize: z.number().optional(),
          maxSize: z.number().optional(),
          desiredSize: z.number().optional(),
        })
        .optional(),
      updateConfig: z
        .looseObject({
          maxUnavailable: z.number().optional(),
          maxUnavailablePercentage: z.number().optional(),
        })
        .optional(),
      taints: z
        .array(
          z.looseObject({
            key: z.string().optional(),
            value: z.string().optional(),
            effect: z.enum(TaintEffect).optional(),
          }),
        )
        .optional(),
    }),
    status: statusSchema.optional(),
  }),
});

export type AckCluster = ReturnType<typeof ackClusters.parse>;
export type AckNodegroup = ReturnType<typeof ackNodegroups.parse>;
