/**
 * Reads the service model that an AWS SDK package carries at run time: every exported `$` schema that is an operation or an error.
 * This is what makes the emulator's wire exactly as wide as the SDK's. The exports are public but no documented stable API, so
 * SDK versions are pinned and `test/sandbox/aws/core/service-model.test.ts` walks every operation of every client in use.
 */
import { NormalizedSchema } from '@smithy/core/schema';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];
type OperationTuple = readonly [9, string, string, unknown, SchemaRef, SchemaRef];
type ErrorTuple = readonly [-3, string, string, unknown, ...unknown[]] & SchemaRef;

/** First element of a static schema tuple, by @smithy/types `StaticSchemaId…`. */
const OPERATION_ID = 9;
const ERROR_ID = -3;

interface HttpBinding {
  readonly method: string;
  /** Path template of the model, as in `/clusters/{name}/updates`. */
  readonly uri: string;
  readonly status: number;
}

export interface Operation {
  readonly name: string;
  readonly http: HttpBinding | undefined;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

export interface ErrorShape {
  /** Shape name, as in `DuplicateListenerException`. */
  readonly name: string;
  /** Qualified name, as in `com.amazonaws.eks#ResourceInUseException`. */
  readonly qualifiedName: string;
  /** The code the query protocols put on the wire, as in `DuplicateListener`. */
  readonly queryCode: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
}

export interface ServiceModel {
  readonly operations: ReadonlyMap<string, Operation>;
  /** By shape name and by query code. */
  readonly errors: ReadonlyMap<string, ErrorShape>;
}

/** @param sdk the namespace of a client package: `import * as sdk from '@aws-sdk/client-eks'`. */
export function readServiceModel(sdk: object): ServiceModel {
  const operations = new Map<string, Operation>();
  const errors = new Map<string, ErrorShape>();
  for (const exported of Object.values<unknown>({ ...sdk })) {
    if (isOperationTuple(exported)) {
      const operation = operationOf(exported);
      operations.set(operation.name, operation);
    } else if (isErrorTuple(exported)) {
      const shape = errorOf(exported);
      errors.set(shape.name, shape);
      errors.set(shape.queryCode, shape);
    }
  }
  return { operations, errors };
}

function operationOf(tuple: OperationTuple): Operation {
  return {
    name: tuple[2],
    http: httpBinding(tuple[3]),
    input: NormalizedSchema.of(tuple[4]),
    output: NormalizedSchema.of(tuple[5]),
  };
}

function errorOf(tuple: ErrorTuple): ErrorShape {
  const traits = NormalizedSchema.of(tuple).getMergedTraits();
  const fault = traits.error === 'server' ? 'server' : 'client';
  const query = traits['awsQueryError'];
  const [queryCode, queryStatus] = Array.isArray(query)
    ? [query[0], query[1]]
    : [tuple[2], undefined];
  const modelled = queryStatus ?? traits['httpError'];
  return {
    name: tuple[2],
    qualifiedName: `${tuple[1]}#${tuple[2]}`,
    queryCode: String(queryCode),
    status: typeof modelled === 'number' ? modelled : fault === 'server' ? 500 : 400,
    fault,
  };
}

function httpBinding(traits: unknown): HttpBinding | undefined {
  if (typeof traits !== 'object' || traits === null || !('http' in traits)) return undefined;
  const { http } = traits;
  if (!Array.isArray(http)) return undefined;
  const [method, uri, status]: readonly unknown[] = http;
  if (typeof method !== 'string' || typeof uri !== 'string' || typeof status !== 'number')
    return undefined;
  return { method, uri, status };
}

const isOperationTuple = (value: unknown): value is OperationTuple =>
  Array.isArray(value) && value[0] === OPERATION_ID && value.length >= 6;

const isErrorTuple = (value: unknown): value is ErrorTuple =>
  Array.isArray(value) && value[0] === ERROR_ID;
