export interface HttpProbe {
  /** One request, redirects not followed. A refused or broken connection answers status 0. */
  get(
    url: string,
    options: { readonly headers: Readonly<Record<string, string>>; readonly timeoutMs: number },
    signal: AbortSignal,
  ): Promise<{ readonly status: number }>;
}
