/**
 * Fields that routes of several kinds share. Called by the routes' own files and the cross-field rules.
 */
import { z } from 'zod';
import { TARGET_GROUP_ARN_PATTERN } from './arns.ts';
import { label, text } from './fields.ts';

export const targetGroupField = text(
  TARGET_GROUP_ARN_PATTERN,
  200,
  'the ARN of a target group (arn:…:targetgroup/…)',
);

/** An object of a namespace; both names are DNS names, as Kubernetes wants them. @param what with its article */
export function namespacedNameField(what: string) {
  return text(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
    317,
    `${what} as namespace/name`,
  );
}

export const routeIdField = label('a route id');

/** For every kind of route that can hold sessions. */
export const acceptStickyField = z
  .boolean({ error: 'true or false' })
  .default(false)
  .describe('Whether sessions may stick to a side for longer than a bake.');
