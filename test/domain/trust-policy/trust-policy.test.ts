import * as fc from 'fast-check';
import { statementText } from '#domain/trust-policy/statement-text.ts';
import {
  namesProvider,
  policyCharacters,
  statementsOf,
  twinsFor,
  withoutTwins,
  withTwins,
  type TrustSides,
} from '#domain/trust-policy/trust-policy.ts';

const issuer = (id: string) => {
  const name = `oidc.eks.eu-west-1.amazonaws.com/id/${id}`;
  return { name, providerArn: `arn:aws:iam::111122223333:oidc-provider/${name}` };
};
const BLUE = issuer('B1');
const GREEN = issuer('G2');
const SIDES: TrustSides = { blue: BLUE, green: GREEN, mark: 'Cutover0123456789abcdef' };

const ofBlue = {
  Effect: 'Allow',
  Principal: { Federated: BLUE.providerArn },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: {
      [`${BLUE.name}:sub`]: 'system:serviceaccount:shop:orders',
      [`${BLUE.name}:aud`]: 'sts.amazonaws.com',
    },
  },
};
const ofOthers = {
  Sid: 'People',
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: 'sts:AssumeRole',
};
const policy = (statement: unknown): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statement });

describe('a trust policy that is extended', () => {
  it('has a twin of blue’s statement, with green’s issuer everywhere, under our own Sid', () => {
    const [first, twin, ...more] = statementsOf(withTwins(policy([ofBlue]), SIDES));

    expect(first).toEqual(ofBlue);
    expect(more).toEqual([]);
    expect(twin).toEqual({
      Sid: SIDES.mark,
      Effect: 'Allow',
      Principal: { Federated: GREEN.providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${GREEN.name}:sub`]: 'system:serviceaccount:shop:orders',
          [`${GREEN.name}:aud`]: 'sts.amazonaws.com',
        },
      },
    });
  });

  it.each([
    ['a lone statement without brackets', policy(ofBlue), 1],
    ['several statements of blue, denials too', policy([ofBlue, { ...ofBlue, Effect: 'Deny' }]), 2],
    [
      'a provider among others',
      policy([{ ...ofBlue, Principal: { Federated: ['arn:x', BLUE.providerArn] } }]),
      1,
    ],
    ['somebody who wrote white space', JSON.stringify({ Statement: [ofBlue] }, null, 4), 1],
    [
      'keys of conditions in capitals',
      policy([
        { ...ofBlue, Condition: { StringLike: { [`${BLUE.name.toUpperCase()}:SUB`]: '*' } } },
      ]),
      1,
    ],
    ['other people alone', policy([ofOthers]), 0],
    ['green already, in somebody’s own words', bothAlready(), 0],
    ['no policy', 'nothing of the kind', 0],
  ])('that has %s', (_, text, twins) => {
    const extended = withTwins(text, SIDES);

    expect(twinsFor(text, SIDES)).toHaveLength(twins);
    expect(extended.includes(SIDES.mark)).toBe(twins > 0);
    expect(namesProvider(extended, GREEN.providerArn)).toBe(
      twins > 0 || text.includes(GREEN.providerArn),
    );
    expect(withTwins(extended, SIDES)).toBe(extended);
    expect(withoutTwins(extended, SIDES.mark)).toBe(text);
  });

  it('keeps keys and numbers that nobody here knows, to the letter', () => {
    const text = `{ "Id": 1e400, "Statement" :[ {"Effect":"Allow", "X": 12345678901234567890,
      "Principal":{"Federated":"${BLUE.providerArn}"}, "\\u0041ction":"*"}] , "Tail": [1.0] }`;

    const extended = withTwins(text, SIDES);

    expect(extended).toContain('12345678901234567890,\n');
    expect(extended).toContain('"Id": 1e400');
    expect(withoutTwins(extended, SIDES.mark)).toBe(text);
  });

  it('follows a change of blue’s statement', () => {
    const before = withTwins(policy([ofBlue]), SIDES);
    const edited = before.replace('shop:orders', 'shop:*');

    const after = statementsOf(withTwins(edited, SIDES));

    expect(JSON.stringify(after[1])).toContain('shop:*');
    expect(after).toHaveLength(2);
  });

  it('stays when somebody took everything but ours away: IAM takes no empty policy', () => {
    const [, ours] = statementsOf(withTwins(policy([ofBlue]), SIDES));
    const text = policy([ours]);

    expect(withoutTwins(text, SIDES.mark)).toBe(text);
  });

  it('leaves what another migration wrote', () => {
    const theirs = { ...SIDES, green: issuer('G3'), mark: 'Cutoverfedcba9876543210' };
    const both = withTwins(withTwins(policy([ofBlue]), theirs), SIDES);

    expect(withoutTwins(both, SIDES.mark)).toBe(withTwins(policy([ofBlue]), theirs));
    expect(withoutTwins(both, theirs.mark)).toBe(withTwins(policy([ofBlue]), SIDES));
  });

  it('is counted without white space, as IAM does', () => {
    expect(policyCharacters('{ "a":\n\t[ 1 ] }')).toBe('{"a":[1]}'.length);
  });
});

describe('any policy', () => {
  const anyStatement = fc.oneof(
    fc.constantFrom<object>(ofBlue, ofOthers, { ...ofBlue, Sid: 'Pods', Extra: { a: [1, null] } }),
    fc.dictionary(fc.string(), fc.jsonValue()),
  );
  const anyPolicy = fc
    .record({
      before: fc.dictionary(fc.string(), fc.jsonValue()),
      statement: fc.oneof(fc.array(anyStatement, { minLength: 1 }), anyStatement),
      after: fc.dictionary(fc.string(), fc.jsonValue()),
      indent: fc.constantFrom(0, 1, 3),
    })
    .map(({ before, statement, after, indent }) =>
      JSON.stringify({ ...before, Statement: statement, ...after }, null, indent),
    );

  it('extended and withdrawn is what it was, byte for byte (T1)', () => {
    fc.assert(
      fc.property(anyPolicy, (text) => {
        expect(withoutTwins(withTwins(text, SIDES), SIDES.mark)).toBe(text);
      }),
    );
  });

  it('extended twice is extended once, and withdrawn twice is withdrawn once (T1)', () => {
    fc.assert(
      fc.property(anyPolicy, (text) => {
        const extended = withTwins(text, SIDES);
        expect(withTwins(extended, SIDES)).toBe(extended);
        expect(withoutTwins(text, SIDES.mark)).toBe(text);
      }),
    );
  });

  it('keeps every statement of others in its place and to the letter', () => {
    fc.assert(
      fc.property(anyPolicy, (text) => {
        const extended = withTwins(text, SIDES);
        expect(textsOf(extended).slice(0, textsOf(text).length)).toEqual(textsOf(text));
      }),
    );
  });

  it('edited by somebody in between ends as their edit alone would have left it (T2)', () => {
    const edits = fc.record({
      drop: fc.nat(4),
      add: fc.option(anyStatement),
      at: fc.constantFrom<'head' | 'tail'>('head', 'tail'),
    });
    fc.assert(
      fc.property(anyPolicy, edits, (text, edit) => {
        const withUs = edited(withTwins(text, SIDES), edit);
        const withoutUs = edited(text, edit);
        fc.pre(statementsOf(withoutUs).length > 0);
        expect(statementsOf(withoutTwins(withUs, SIDES.mark))).toEqual(statementsOf(withoutUs));
        expect(statementsOf(withoutTwins(withTwins(withUs, SIDES), SIDES.mark))).toEqual(
          statementsOf(withoutUs),
        );
      }),
    );
  });
});

/** Somebody's tool: reads, changes statements that are not ours, writes. */
function edited(
  text: string,
  edit: { readonly drop: number; readonly add: object | null; readonly at: 'head' | 'tail' },
): string {
  const statements = statementsOf(text);
  const others = statements.filter(({ Sid }) => !String(Sid).startsWith(SIDES.mark));
  const dropped = others[edit.drop];
  const kept = statements.filter((one) => one !== dropped);
  const added = edit.add === null ? [] : [edit.add];
  const all = edit.at === 'head' ? [...added, ...kept] : [...kept, ...added];
  const parsed: object = JSON.parse(text);
  return JSON.stringify({ ...parsed, Statement: all });
}

function textsOf(text: string): readonly string[] {
  return (statementText(text)?.statements ?? []).map(({ start, end }) => text.slice(start, end));
}

function bothAlready(): string {
  const ofGreen: unknown = JSON.parse(JSON.stringify(ofBlue).replaceAll(BLUE.name, GREEN.name));
  return policy([ofBlue, ofGreen]);
}
