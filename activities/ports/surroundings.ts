/** Where the worker itself is, and what lies beside it. */
export interface Surroundings {
  /** Text of the program that probes' pods run. */
  probeProgram(): Promise<string>;
  /** Who signed the token of the pod that it runs in; null where it is in none. */
  tokenIssuer(): Promise<string | null>;
}
