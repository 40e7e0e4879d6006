/**
 * A service of the emulator: an SDK package's model, the protocol it speaks, and typed handlers for the operations that are
 * emulated. All others are known by name and answered with 501.
 */
import { jsonRpcProtocol } from './json-rpc-protocol.ts';
import type { AnyOperationHandler, OperationHandlers } from './operation-handlers.ts';
import { queryProtocol } from './query-protocol.ts';
import { restJsonProtocol } from './rest-json-protocol.ts';
import { restXmlProtocol } from './rest-xml-protocol.ts';
import { readServiceModel, type ServiceModel } from './service-model.ts';
import { s3Protocol } from './s3-protocol.ts';
import type { WireProtocol } from './wire.ts';

/** How the service speaks, as its client's `runtimeConfig.shared.js` says. */
export type ProtocolChoice =
  | { readonly kind: 'rest-json' }
  | { readonly kind: 'rest-xml'; readonly xmlNamespace: string }
  | { readonly kind: 's3' }
  | { readonly kind: 'json-1.0' }
  | { readonly kind: 'json-1.1' }
  | { readonly kind: 'query'; readonly xmlNamespace: string }
  | { readonly kind: 'ec2-query'; readonly xmlNamespace: string };

export interface ServiceDefinition<Sdk extends object> {
  /** The client package's namespace. */
  readonly sdk: Sdk;
  /** Service name in the SigV4 credential scope, as in `eks`, `elasticloadbalancing`, `monitoring`. */
  readonly signingName: string;
  readonly protocol: ProtocolChoice;
  /** Code of the error for a request that does not fit the model, as in `InvalidParameterException`, `ValidationError`. */
  readonly validationErrorCode: string;
  /** Services without a region of their own (IAM) accept any region's signature. @default false */
  readonly global?: boolean;
  /** Operations that are called without a signature. @default none */
  readonly unsigned?: readonly string[];
  /**
   * Declare them apart, as `const handlers: OperationHandlers<typeof sdk> = {…}` or as the return type of a function: TypeScript
   * cannot give inline handlers their parameter types here, `Sdk` being inferred in the same call.
   */
  readonly handlers: OperationHandlers<NoInfer<Sdk>>;
}

export interface Service {
  readonly signingName: string;
  readonly model: ServiceModel;
  readonly protocol: WireProtocol;
  readonly validationErrorCode: string;
  readonly global: boolean;
  readonly unsigned: readonly string[];
  readonly handlers: ReadonlyMap<string, AnyOperationHandler>;
}

export function defineService<Sdk extends object>(definition: ServiceDefinition<Sdk>): Service {
  const model = readServiceModel(definition.sdk);
  return {
    signingName: definition.signingName,
    model,
    protocol: wireProtocol(model, definition.protocol),
    validationErrorCode: definition.validationErrorCode,
    global: definition.global ?? false,
    unsigned: definition.unsigned ?? [],
    handlers: handlerMap(definition.handlers),
  };
}

/** Forgets the handlers' types: what makes calling them sound is the schema check in front of each call. */
function handlerMap(handlers: object): ReadonlyMap<string, AnyOperationHandler> {
  const map = new Map<string, AnyOperationHandler>();
  for (const [name, handler] of Object.entries<unknown>({ ...handlers })) {
    if (isHandler(handler)) map.set(name, handler);
  }
  return map;
}

const isHandler = (value: unknown): value is AnyOperationHandler => typeof value === 'function';

function wireProtocol(model: ServiceModel, choice: ProtocolChoice): WireProtocol {
  if (choice.kind === 'rest-json') return restJsonProtocol(model);
  if (choice.kind === 'rest-xml') return restXmlProtocol(model, choice);
  if (choice.kind === 's3') return s3Protocol(model);
  if (choice.kind === 'json-1.0') return jsonRpcProtocol(model, { version: '1.0' });
  if (choice.kind === 'json-1.1') return jsonRpcProtocol(model, { version: '1.1' });
  return queryProtocol(model, { dialect: choice.kind, xmlNamespace: choice.xmlNamespace });
}
