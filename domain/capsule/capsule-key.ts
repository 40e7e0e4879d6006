/** Key of a workflow's capsule in a bucket; the ids hold nothing that a key may not. */
export function capsuleKey({ prefix }: { readonly prefix: string }, workflowId: string): string {
  return `${prefix}/${workflowId}.json`;
}
