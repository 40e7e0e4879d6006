export interface Promql {
  /**
   * The query's values at `fromSeconds`, one step later, … until `toSeconds`, oldest first; a moment without a number is left
   * out. A query that cannot be parsed: `invalid-request`.
   */
  read(
    question: {
      readonly server: { readonly url: string; readonly token?: string | undefined };
      readonly query: string;
      readonly fromSeconds: number;
      readonly toSeconds: number;
      readonly stepSeconds: number;
    },
    signal: AbortSignal,
  ): Promise<readonly { readonly atSeconds: number; readonly values: readonly number[] }[]>;
}
