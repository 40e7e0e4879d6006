/** What an API server says no with: the HTTP status, and the reason and message of its Status object. */
import type { ServedKind } from './kinds.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly httpStatus: number;
  /** As in `NotFound`. */
  readonly reason: string;

  constructor(httpStatus: number, reason: string, message: string) {
    super(message);
    this.httpStatus = httpStatus;
    this.reason = reason;
  }
}

export const notFound = (kind: ServedKind, name: string): Refusal =>
  new Refusal(404, 'NotFound', `${titleOf(kind)} "${name}" not found`);

export const alreadyExists = (kind: ServedKind, name: string): Refusal =>
  new Refusal(409, 'AlreadyExists', `${titleOf(kind)} "${name}" already exists`);

export const conflict = (kind: ServedKind, name: string): Refusal =>
  new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${titleOf(kind)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  );

/** The request itself is wrong. */
export const badRequest = (message: string): Refusal => new Refusal(400, 'BadRequest', message);

/** The object breaks a rule of its kind. */
export const invalid = (kind: ServedKind, name: string, why: string): Refusal =>
  new Refusal(422, 'Invalid', `${kind.kind} "${name}" is invalid: ${why}`);

/** Played by a real API server, and not here. */
export const notPlayed = (what: string): Refusal =>
  new Refusal(501, 'NotImplemented', `light clusters do not play ${what}`);

/** As in `deployments.apps`. */
function titleOf({ plural, group }: ServedKind): string {
  return group === '' ? plural : `${plural}.${group}`;
}
