import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { capsuleCommands, commandOf, shellWord } from '#domain/capsule/capsule-commands.ts';
import { albRoute, capsuleOf, kubernetesRoute, RULE } from './capsules.ts';

const { access } = albRoute();

/** What a shell makes of these words. */
function shellArguments(line: string): readonly string[] {
  const program = 'for word in "$@"; do printf "%s\\0" "$word"; done';
  const printed = execFileSync('sh', ['-c', `set -- ${line}; ${program}`], { encoding: 'utf8' });
  return printed.split('\0').slice(0, -1);
}

describe('the commands of a capsule', () => {
  it('name every call exactly, the worst route first', () => {
    const lines = capsuleCommands(capsuleOf());

    expect(lines[0]).toBe(
      '# route api (shop/web) to blue, with credentials of account 111122223333',
    );
    expect(lines[1]).toBe('aws eks update-kubeconfig --region eu-west-1 --name shop-blue');
    expect(lines[2]).toBe(
      'kubectl --context arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue --namespace shop ' +
        `patch httproutes.v1.gateway.networking.k8s.io web --type merge --patch '{"spec":{"rules":[{"backendRefs":[{"name":"web","weight":1}]}]}}'`,
    );
    expect(lines).toContain(
      `aws elbv2 describe-rules --region eu-west-1 --cli-input-json '{"RuleArns":["${RULE}"]}'`,
    );
  });

  it('are the call itself once a shell has read them, whatever a value holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const input = { RuleArn: "it's $HOME `id` \u202e\n", value: Object(value) };
        const line = commandOf(
          { service: 'elasticloadbalancing', operation: 'ModifyRule', input },
          access,
        );
        const words = shellArguments(line);

        expect(line).toMatch(/^[\x20-\x7e]+$/u);
        expect(words.slice(0, -1)).toEqual(
          'aws elbv2 modify-rule --region eu-west-1 --cli-input-json'.split(' '),
        );
        expect(JSON.parse(words.at(-1) ?? '')).toEqual(JSON.parse(JSON.stringify(input)));
      }),
      { numRuns: 30 },
    );
  });

  it('cannot be broken out of by a name', () => {
    const route = { ...kubernetesRoute(), resource: 'x\nrm -rf /' };

    expect(capsuleCommands({ routes: [route] })[0]).toContain('(x\\u000arm -rf /)');
    expect(shellWord("'; id; '")).toBe(String.raw`''\''; id; '\'''`);
  });
});
