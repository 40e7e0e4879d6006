/**
 * Types only: what a service's handlers look like, derived from the SDK's own command classes, so that a handler's input and
 * answer are checked by the compiler against the very types the product's clients use.
 */
import type { Caller } from './identities.ts';

/** What a handler may know about the call besides its input. */
export interface CallContext {
  readonly requestId: string;
  /** Region of the signature's credential scope. */
  readonly region: string;
  readonly caller: Caller;
}

/** Names of the operations a client package knows: `CreateClusterCommand` gives `CreateCluster`. */
type OperationName<Sdk> =
  Extract<keyof Sdk, `${string}Command`> extends infer K
    ? K extends `${infer Op}Command`
      ? Op extends '$' | ''
        ? never
        : Op
      : never
    : never;

type CommandOf<Sdk, Op extends string> = Sdk[Extract<keyof Sdk, `${Op}Command`>];

type InputOf<Sdk, Op extends string> =
  CommandOf<Sdk, Op> extends new (...args: never) => { readonly input: infer Input }
    ? Input
    : never;

type OutputOf<Sdk, Op extends string> =
  CommandOf<Sdk, Op> extends new (...args: never) => {
    resolveMiddleware(...args: never): (...args: never) => Promise<{ output: infer Output }>;
  }
    ? Bytes<Omit<Output, '$metadata'>>
    : never;

/** A body that the client reads as a stream is bytes to its handler. */
type Bytes<Output> = {
  [Member in keyof Output]: [NonNullable<Output[Member]>] extends [never]
    ? Output[Member]
    : NonNullable<Output[Member]> extends { transformToByteArray(): Promise<Uint8Array> }
      ? Uint8Array | undefined
      : Output[Member];
};

/**
 * One operation's behaviour. The input was checked against the model before, the answer is checked after. It throws `AwsError`
 * to refuse.
 */
type OperationHandler<Input, Output> = (
  input: Input,
  call: CallContext,
) => Output | Promise<Output>;

export type OperationHandlers<Sdk> = {
  readonly [Op in OperationName<Sdk>]?: OperationHandler<InputOf<Sdk, Op>, OutputOf<Sdk, Op>>;
};

export type AnyOperationHandler = OperationHandler<object, unknown>;
