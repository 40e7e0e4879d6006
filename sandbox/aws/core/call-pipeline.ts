/**
 * One AWS call from signature to answer: find the service by credential scope, read the request, authenticate, let faults
 * interfere, check the input, run the handler, check its answer, write it down in the audit.
 *
 * P1 A wrong answer of a handler is a defect of the emulator: it becomes `InternalFailure` and is reported, never sent.
 * P2 An operation without a handler is refused by name (501), never answered with something empty.
 * P3 Whatever happens to the answer on its way, the audit says whether the call took effect.
 */
import { withoutSecrets, type Audit, type CallResult } from './audit.ts';
import { authenticate, type Authentication } from './authenticate.ts';
import { AwsError } from './aws-error.ts';
import type { DefectReporter } from './defects.ts';
import type { FaultEffect, FaultMoment, Faults } from './faults.ts';
import type { Caller } from './identities.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Service } from './service.ts';
import { shapeProblems } from './shape-check.ts';
import { findSignature, type FoundSignature } from './signature.ts';
import { isRecord } from './values.ts';
import type { OperationCall, WireAnswer, WireRequest } from './wire.ts';

export interface PipelineParts {
  readonly services: readonly Service[];
  readonly region: string;
  readonly authentication: Authentication;
  readonly faults: Faults;
  readonly audit: Audit;
  readonly random: SeededRandom;
  readonly defects: DefectReporter;
  readonly wait: (delayMs: number) => Promise<void>;
}

/** What the HTTP server does with the connection. */
export type Delivery =
  | { readonly kind: 'answer'; readonly answer: WireAnswer; readonly truncated: boolean }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

export async function runCall(parts: PipelineParts, request: WireRequest): Promise<Delivery> {
  const found = findSignature(request);
  if (found === undefined) {
    const open = await unsignedService(parts, request);
    if (open !== undefined) return new Call(parts, open, undefined, request).run();
  }
  const service = parts.services.find(({ signingName }) => signingName === found?.service);
  if (found === undefined || service === undefined) return whole(notAnAwsCall(found));
  return new Call(parts, service, found, request).run();
}

/** The service whose operation asks for no signature, such as STS for whoever holds a token. */
async function unsignedService(
  { services }: PipelineParts,
  request: WireRequest,
): Promise<Service | undefined> {
  for (const service of services.filter(({ unsigned }) => unsigned.length > 0)) {
    try {
      const call = await service.protocol.readRequest(request);
      if (call !== undefined && service.unsigned.includes(call.operation.name)) return service;
    } catch {
      // Not in this service's words.
    }
  }
  return undefined;
}

const NOBODY: Caller = { accessKeyId: '', accountId: '', arn: '', principalArn: '', userId: '' };

class Call {
  readonly #parts: PipelineParts;
  readonly #service: Service;
  /** Undefined where the operation asks for none. */
  readonly #found: FoundSignature | undefined;
  readonly #request: WireRequest;
  readonly #requestId: string;
  #call: OperationCall | undefined;
  #caller: Caller | undefined;
  #effects: readonly FaultEffect[] = [];

  constructor(
    parts: PipelineParts,
    service: Service,
    found: FoundSignature | undefined,
    request: WireRequest,
  ) {
    this.#parts = parts;
    this.#service = service;
    this.#found = found;
    this.#request = request;
    this.#requestId = parts.random.uuid();
  }

  async run(): Promise<Delivery> {
    const { protocol } = this.#service;
    let output: object;
    try {
      const call = await this.#read();
      const lost = await this.#interfere(call);
      if (lost !== undefined) return lost;
      const late = this.#effects.find((effect) => effect.kind === 'late');
      if (late !== undefined) {
        void this.#parts.wait(late.afterMs).then(() => this.#land(call));
        return { kind: 'hang' };
      }
      output = await this.#handle(call);
    } catch (cause) {
      return whole(protocol.writeError(this.#refusal(cause), this.#requestId));
    }
    return this.#deliver(output);
  }

  async #read(): Promise<OperationCall> {
    const { protocol, signingName, global } = this.#service;
    const { unknownOperation } = protocol.commonErrors;
    this.#call = await protocol.readRequest(this.#request);
    this.#caller =
      this.#found === undefined
        ? NOBODY
        : authenticate(
            this.#parts.authentication,
            this.#request,
            this.#found,
            protocol.commonErrors,
          );
    if (this.#call === undefined) {
      const what = `${this.#request.method} ${this.#request.path} names no operation of ${signingName}`;
      throw new AwsError(unknownOperation.code, what, { httpStatus: unknownOperation.status });
    }
    if (!global && this.#found !== undefined && this.#found.region !== this.#parts.region) {
      const what = `the emulator plays region ${this.#parts.region}, the call is signed for ${this.#found.region}`;
      throw new AwsError('RegionNotEmulated', what, { httpStatus: 501 });
    }
    return this.#call;
  }

  /** Faults that strike before the call has any effect. */
  async #interfere(call: OperationCall): Promise<Delivery | undefined> {
    this.#effects = this.#parts.faults.draw({
      service: this.#service.signingName,
      operation: call.operation.name,
      input: call.input,
      caller: this.#caller?.principalArn ?? '',
    });
    for (const effect of this.#effects) {
      if (effect.kind === 'latency') {
        await this.#parts.wait(this.#parts.random.between(effect.minMs, effect.maxMs));
      } else if (effect.kind === 'throttle') {
        const { code, status } = this.#service.protocol.commonErrors.throttled;
        throw new AwsError(code, 'Rate exceeded', { httpStatus: status });
      } else if (effect.kind === 'error') {
        const options = effect.status === undefined ? {} : { httpStatus: effect.status };
        throw new AwsError(effect.code, effect.message ?? 'a fault of the sandbox', options);
      }
    }
    return this.#loseConnection({ effect: false });
  }

  async #handle({ operation, input }: OperationCall): Promise<object> {
    const problems = shapeProblems(operation.input, input, {
      path: operation.name,
      unknownMembers: 'ignore',
    });
    if (problems.length > 0)
      throw new AwsError(this.#service.validationErrorCode, problems.join('; '));
    const handler = this.#service.handlers.get(operation.name);
    if (handler === undefined || this.#caller === undefined) {
      const what = `${this.#service.signingName} ${operation.name} is not emulated`;
      throw new AwsError('NotImplementedException', what, { httpStatus: 501 });
    }
    const context = {
      requestId: this.#requestId,
      region: this.#found?.region ?? this.#parts.region,
      caller: this.#caller,
    };
    const output = (await handler(input, context)) ?? {};
    const wrong = shapeProblems(operation.output, output, {
      path: operation.name,
      unknownMembers: 'refuse',
    });
    if (wrong.length > 0 || !isRecord(output))
      throw new TypeError(`wrong answer: ${wrong.join('; ')}`);
    return output;
  }

  /** A request that was held up arrives, and nobody waits for its answer. */
  async #land(call: OperationCall): Promise<void> {
    try {
      const output = this.#told(await this.#handle(call));
      this.#record({ kind: 'lost', fault: 'late', effect: true, output });
    } catch (cause) {
      this.#refusal(cause);
    }
  }

  #deliver(output: object): Delivery {
    const told = this.#told(output);
    const lost = this.#loseConnection({ effect: true, output: told });
    if (lost !== undefined || this.#call === undefined) return lost ?? { kind: 'reset' };
    const answer = this.#service.protocol.writeAnswer(
      this.#call.operation,
      output,
      this.#requestId,
    );
    const truncated = this.#effects.some(({ kind }) => kind === 'truncate');
    this.#record(
      truncated
        ? { kind: 'lost', fault: 'truncate', effect: true, output: told }
        : { kind: 'ok', output: told },
    );
    return { kind: 'answer', answer, truncated };
  }

  /** What the audit keeps of an answer. */
  #told(output: object): unknown {
    return this.#call === undefined ? {} : withoutSecrets(this.#call.operation.output, output);
  }

  #loseConnection(
    done: { readonly effect: false } | { readonly effect: true; readonly output: unknown },
  ): Delivery | undefined {
    const moment: FaultMoment = done.effect ? 'after' : 'before';
    for (const effect of this.#effects) {
      if ((effect.kind === 'hang' || effect.kind === 'reset') && effect.moment === moment) {
        this.#record({ kind: 'lost', fault: effect.kind, ...done });
        return { kind: effect.kind };
      }
    }
    return undefined;
  }

  #refusal(cause: unknown) {
    const error = cause instanceof AwsError ? cause : this.#defect(cause);
    const shape = this.#service.model.errors.get(error.code);
    const status = error.httpStatus ?? shape?.status ?? 400;
    this.#record({
      kind: 'error',
      code: shape?.name ?? error.code,
      status,
      message: error.message,
    });
    return {
      shape,
      code: shape?.name ?? error.code,
      status,
      message: error.message,
      fields: error.fields,
    };
  }

  #defect(cause: unknown): AwsError {
    const what = `${this.#service.signingName} ${this.#call?.operation.name ?? this.#request.path}`;
    this.#parts.defects.report(what, cause);
    return new AwsError('InternalFailure', `a defect of the emulator in ${what}`, {
      httpStatus: 500,
    });
  }

  #record(result: CallResult): void {
    const { operation, input } = this.#call ?? { operation: undefined, input: {} };
    this.#parts.audit.record({
      at: this.#parts.authentication.now().toISOString(),
      requestId: this.#requestId,
      service: this.#service.signingName,
      operation: operation?.name ?? `${this.#request.method} ${this.#request.path}`,
      region: this.#found?.region ?? this.#parts.region,
      accessKeyId: this.#found?.accessKeyId ?? '',
      principalArn: this.#caller?.principalArn ?? '',
      input: operation === undefined ? {} : withoutSecrets(operation.input, input),
      result,
    });
  }
}

const whole = (answer: WireAnswer): Delivery => ({ kind: 'answer', answer, truncated: false });

function notAnAwsCall(found: FoundSignature | undefined): WireAnswer {
  const message =
    found === undefined
      ? 'the request carries no AWS signature'
      : `service ${found.service} is not emulated`;
  return {
    status: found === undefined ? 403 : 501,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': 'MissingAuthenticationToken',
    },
    body: JSON.stringify({ message }),
  };
}
