import * as fc from 'fast-check';
import { decodeAnswer, encodeQuestion } from '#activities/adapters/dns/dns-message.ts';
import { addressData, nameData, readQuestion, writeAnswer } from '#sandbox/aws/route53/dns-wire.ts';

describe('a DNS message', () => {
  const asked = () => {
    const question = readQuestion(encodeQuestion(4711, 'shop.example.com.', 'A'));
    if (question === undefined) throw new Error('no question');
    return question;
  };

  it('asks one question that a name server understands', () => {
    expect(asked()).toMatchObject({
      id: 4711,
      name: 'shop.example.com.',
      type: 1,
      recursionDesired: false,
    });
  });

  it('is read back with its addresses and names', () => {
    const answer = writeAnswer(asked(), [
      { type: 1, ttlSeconds: 60, data: addressData('10.1.2.3') },
      { type: 5, ttlSeconds: 60, data: nameData('Blue.elb.test.') },
    ]);

    expect(decodeAnswer(answer)).toEqual({
      id: 4711,
      isAuthoritative: true,
      isError: false,
      values: ['10.1.2.3', 'blue.elb.test.'],
    });
  });

  it('says when there is no such name', () => {
    expect(decodeAnswer(writeAnswer(asked(), null))).toMatchObject({ isError: true, values: [] });
  });

  it('is no message when it is anything else, and never hangs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const packet = Buffer.from(bytes);
        expect(() => [decodeAnswer(packet), readQuestion(packet)]).not.toThrow();
      }),
    );
  });
});
