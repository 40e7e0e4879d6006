import {
  AccessDeniedException,
  ResourceInUseException,
  ServerException,
} from '@aws-sdk/client-eks';
import {
  PriorityInUseException,
  RuleNotFoundException,
  TooManyRulesException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { asFailure, knownFailure } from '#activities/adapters/known-failures.ts';
import { KubernetesStatusError } from '#activities/adapters/kubernetes/kubernetes-status-error.ts';
import { CutoverFailure, type FailureType } from '#domain/failures.ts';

const named = (name: string, fields: object = {}): Error =>
  Object.assign(new Error('misleading text: AccessDenied, throttled, not found'), { name }, fields);
const coded = (code: string): Error => Object.assign(new Error('broken'), { code });
const $metadata = {};

describe('an error of AWS', () => {
  it.each<readonly [FailureType, Error]>([
    ['access-denied', new AccessDeniedException({ message: 'no', $metadata })],
    ['access-denied', named('AccessDenied')],
    ['access-denied', named('UnauthorizedOperation')],
    ['credentials-missing', named('CredentialsProviderError')],
    ['credentials-missing', named('ExpiredTokenException')],
    ['credentials-missing', named('UnrecognizedClientException')],
    ['throttled', named('ThrottlingException')],
    ['throttled', named('Throttling')],
    ['throttled', named('TooManyRequestsException')],
    ['throttled', named('RequestLimitExceeded')],
    ['throttled', named('Unheard', { $metadata: { httpStatusCode: 429 } })],
    ['unavailable', new ServerException({ message: 'oops', $metadata })],
    ['unavailable', named('ServiceUnavailableException')],
    ['unavailable', named('InternalFailure')],
    ['unavailable', named('TimeoutError')],
    ['unavailable', named('Unheard', { $metadata: { httpStatusCode: 503 } })],
    // What the SDK throws for XML, and for JSON, that ends in the middle.
    ['unavailable', named('Error', { $metadata: { httpStatusCode: 200 } })],
    ['unavailable', named('TypeError', { $metadata: { httpStatusCode: 200 } })],
    ['unavailable', named('SyntaxError', { $metadata: { httpStatusCode: 200 } })],
    ['not-found', new RuleNotFoundException({ message: 'gone', $metadata })],
    ['not-found', named('ResourceNotFoundException')],
    ['conflict', new ResourceInUseException({ message: 'busy', $metadata })],
    ['conflict', new PriorityInUseException({ message: 'taken', $metadata })],
    ['conflict', named('InvalidStateException')],
    ['limit-exceeded', new TooManyRulesException({ message: '100', $metadata })],
    ['limit-exceeded', named('ResourceLimitExceededException')],
    ['invalid-request', named('InvalidParameterException')],
    ['invalid-request', named('InvalidRequestException')],
    ['invalid-request', named('ValidationError')],
    ['internal', named('NotImplementedException', { $metadata: { httpStatusCode: 501 } })],
  ])('is %s, whatever its text says: %s', (type, error) => {
    expect(knownFailure(error, 'the resource')).toMatchObject({ type, resource: 'the resource' });
  });
});

describe('an error of the network', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'EPIPE'])(
    'is unavailable: %s',
    (code) => {
      expect(knownFailure(coded(code), 'x').type).toBe('unavailable');
      expect(knownFailure(new TypeError('fetch failed', { cause: coded(code) }), 'x').type).toBe(
        'unavailable',
      );
    },
  );

  it('is unavailable when the answer breaks off half-way', () => {
    const error = (() => {
      try {
        return JSON.parse('{"clusters":["a"');
      } catch (cause) {
        return cause;
      }
    })();

    expect(knownFailure(error, 'x').type).toBe('unavailable');
  });
});

describe('a refusal of an API server', () => {
  it.each<readonly [FailureType, number, string]>([
    ['access-denied', 401, 'Unauthorized'],
    ['access-denied', 403, 'Forbidden'],
    ['not-found', 404, 'NotFound'],
    ['conflict', 409, 'Conflict'],
    ['conflict', 409, 'AlreadyExists'],
    ['conflict', 410, 'Expired'],
    ['invalid-request', 422, 'Invalid'],
    ['invalid-request', 400, 'BadRequest'],
    ['throttled', 429, 'TooManyRequests'],
    ['unavailable', 500, 'InternalError'],
    ['unavailable', 503, ''],
    ['unavailable', 504, 'Timeout'],
  ])('is %s: %d %s', (type, httpStatus, reason) => {
    const error = new KubernetesStatusError(httpStatus, { reason, message: 'no' }, undefined);

    expect(knownFailure(error, 'x').type).toBe(type);
  });

  it('tells when to ask again', () => {
    const error = new KubernetesStatusError(429, { reason: 'TooManyRequests' }, 7);

    expect(knownFailure(error, 'x').retryAfterSeconds).toBe(7);
  });
});

describe('whatever else is thrown', () => {
  it.each([new Error('who knows'), 'text', undefined, { odd: true }])(
    'is internal and keeps its cause: %p',
    (thrown) => {
      const failure = knownFailure(thrown, 'x');

      expect(failure.type).toBe('internal');
      expect(failure.cause).toBe(thrown);
    },
  );

  it('stays as it is when it is a failure already', () => {
    const failure = new CutoverFailure('waiting', 'not yet', { resource: 'y' });

    expect(knownFailure(failure, 'x')).toBe(failure);
  });

  it('is the cancellation itself when the call was cancelled', async () => {
    const controller = new AbortController();
    const cancelled = new Error('cancelled by the workflow');

    const call = asFailure('x', controller.signal, async () => {
      controller.abort(cancelled);
      throw named('AbortError');
    });

    await expect(call).rejects.toBe(cancelled);
  });

  it('is unavailable when our own limit of time ended the call: AWS was slow, and may be asked again', async () => {
    const limit = AbortSignal.timeout(1);
    const call = asFailure('rule/1', limit, async () => {
      await new Promise((resolve) => limit.addEventListener('abort', resolve, { once: true }));
      throw named('AbortError');
    });

    await expect(call).rejects.toMatchObject({ type: 'unavailable', resource: 'rule/1' });
  });

  it('never begins a call that was cancelled before', async () => {
    const begun: string[] = [];

    const call = asFailure('x', AbortSignal.abort(new Error('early')), async () => begun.push('x'));

    await expect(call).rejects.toThrow('early');
    expect(begun).toEqual([]);
  });
});
