/**
 * `configurationValues`: JSON or YAML text that must fit the version's schema.
 * Source: docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html (advanced configuration)
 */
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { AwsError } from '../core/aws-error.ts';
import { isRecord } from '../core/values.ts';
import { configurationSchema, type CatalogueAddon } from './addon-catalogue.ts';

/** Throws `InvalidParameterException` naming what does not fit. @returns replicas of its Deployments, when set. */
export function readAddonConfiguration(
  addon: CatalogueAddon,
  version: string,
  text: string | undefined,
): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const values = parsed(text);
  const validate = new Ajv({ allErrors: true }).compile(
    JSON.parse(configurationSchema(addon, version)),
  );
  if (!validate(values)) {
    const errors = (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `$${instancePath.replaceAll('/', '.')}: ${message} ${JSON.stringify(params)}`,
    );
    refuse(`Json schema validation failed with error: [${errors.join(', ')}]`);
  }
  const replicas = isRecord(values) ? (values['replicaCount'] ?? values['replicas']) : undefined;
  return typeof replicas === 'number' ? replicas : undefined;
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    return refuse(String(cause));
  }
}

function refuse(reason: string): never {
  throw new AwsError(
    'InvalidParameterException',
    `ConfigurationValue provided in request is not supported: ${reason}`,
  );
}
