/** ACK puts it on everything that it made, and would make again. Source: aws-controllers-k8s/runtime, `pkg/tags`. */
const ACK_TAG = 'services.k8s.aws/controller-version';

export function hasAckTag(tags: Readonly<Record<string, string>>): boolean {
  return Object.hasOwn(tags, ACK_TAG);
}
