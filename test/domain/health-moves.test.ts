import { AddonIssueCode, ClusterIssueCode, NodegroupIssueCode } from '@aws-sdk/client-eks';
import { moveAbout } from '#domain/health-moves.ts';

const CODES = [
  ...new Set([
    ...Object.values(ClusterIssueCode),
    ...Object.values(NodegroupIssueCode),
    ...Object.values(AddonIssueCode),
  ]),
];

describe('an issue that EKS reports', () => {
  it.each(CODES)('has its own next move: %s', (code) => {
    expect(moveAbout([`${code}: something about it`])).toMatch(/^\S.{15,}/u);
  });

  it('of several each is told once', () => {
    const move = moveAbout(['KmsKeyDisabled: a', 'KmsKeyDisabled: b', 'AccessDenied: c']);

    expect(move).toMatch(/^enable the key again; and give the role/u);
  });

  it('that nobody knows has none, whatever it is called', () => {
    expect(moveAbout([])).toBeNull();
    expect(moveAbout(['Newest: x', 'toString: y', 'without a code'])).toBeNull();
  });
});
