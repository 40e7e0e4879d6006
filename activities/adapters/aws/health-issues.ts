/** What EKS reports as wrong with a cluster or one of its parts, as `code: message` lines for people. */
export function issuesOf(
  health:
    | {
        readonly issues?:
          | readonly { readonly code?: string | undefined; readonly message?: string | undefined }[]
          | undefined;
      }
    | undefined,
): readonly string[] {
  return (health?.issues ?? []).map(
    ({ code, message }) => `${code ?? 'Unknown'}: ${message ?? ''}`,
  );
}
