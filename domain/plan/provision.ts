/**
 * How green is made: through the EKS API, or by kro and ACK on a hub. Called by `clusters.ts`.
 */
import { z } from 'zod';
import { clusterName, label, providerError, text } from './fields.ts';

const VALUE_NAME = 'a field of the definition: letters and digits, starting with a letter';

const kro = z.strictObject({
  with: z.literal('kro').describe('Applies an instance of a ResourceGraphDefinition on a hub.'),
  hub: clusterName().describe(
    'Name of the EKS cluster that runs kro and ACK’s EKS controller; reached with `access.hub`.',
  ),
  definition: text(
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
    253,
    'the name of a ResourceGraphDefinition: lower-case letters, digits, hyphens and dots', // RFC 1123 subdomain
  )
    .default('cutover-eks-green')
    .describe(
      'Name of the ResourceGraphDefinition. Default: `cutover-eks-green`, ours in deploy/kro/. Another must take `name`, `version` and `tags`.',
    ),
  namespace: label('a namespace')
    .default('default')
    .describe('Namespace of the instance on the hub. Default: `default`.'),
  values: z
    .record(text(/^[A-Za-z][A-Za-z0-9]*$/, 63, VALUE_NAME), z.unknown())
    .prefault({})
    .describe(
      'Fields of the instance, each as a whole, over what is read of blue. Not `name` and `version`; no secrets: the run keeps them. Default: blue’s shape.',
    ),
});

export const provision = z.discriminatedUnion(
  'with',
  [z.strictObject({ with: z.literal('eks').describe('Calls the EKS API.') }), kro],
  { error: providerError(['eks', 'kro'], []) },
);

/** The leaves that rules look at. */
export const kroFields = kro.shape;
