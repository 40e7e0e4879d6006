import * as fc from 'fast-check';
import { parseMessage } from '#domain/migration/messages.ts';

describe('a message body', () => {
  it('is read with all its fields', () => {
    const body = { id: '1', by: 'ada', gate: 'retire', reason: 'looks fine', force: false };

    expect(parseMessage(body)).toEqual({ ok: true, message: body });
  });

  it('needs nothing but an id and a sender, and grows no empty fields', () => {
    const parsed = parseMessage({ id: '1', by: 'ada' });

    expect(parsed).toEqual({ ok: true, message: { id: '1', by: 'ada' } });
    expect(parsed.ok && Object.keys(parsed.message)).toEqual(['id', 'by']);
  });

  it('may hold more than we know, which is dropped', () => {
    expect(parseMessage({ id: '1', by: 'ada', colour: 'red' })).toEqual({
      ok: true,
      message: { id: '1', by: 'ada' },
    });
  });

  it.each([
    ['nothing', undefined, 'object'],
    ['null', null, 'object'],
    ['a text', 'approve', 'object'],
    ['a list', [{ id: '1', by: 'ada' }], 'object'],
    ['no id', { by: 'ada' }, '"id"'],
    ['an empty id', { id: '', by: 'ada' }, '"id"'],
    ['a number as id', { id: 7, by: 'ada' }, '"id"'],
    ['an id of 65 characters', { id: 'x'.repeat(65), by: 'ada' }, '"id"'],
    ['an id with a space', { id: 'a b', by: 'ada' }, '"id"'],
    ['an id that grows in JSON', { id: '"', by: 'ada' }, '"id"'],
    ['no sender', { id: '1' }, '"by"'],
    ['a sender of blanks', { id: '1', by: ' \u00a0' }, '"by"'],
    ['a sender with a line break', { id: '1', by: 'ada\nbob' }, '"by"'],
    ['a sender of 129 characters', { id: '1', by: 'x'.repeat(129) }, '"by"'],
    ['a sender of 129 bytes', { id: '1', by: 'é'.repeat(65) }, '"by"'],
    ['an unknown gate', { id: '1', by: 'ada', gate: 'soak' }, '"gate"'],
    ['a gate out of the prototype', { id: '1', by: 'ada', gate: 'constructor' }, '"gate"'],
    ['a null gate', { id: '1', by: 'ada', gate: null }, '"gate"'],
    ['a reason of 2,001 characters', { id: '1', by: 'ada', reason: 'x'.repeat(2001) }, '"reason"'],
    ['a reason that is no text', { id: '1', by: 'ada', reason: {} }, '"reason"'],
    ['force as text', { id: '1', by: 'ada', force: 'yes' }, '"force"'],
    ['force without a reason', { id: '1', by: 'ada', force: true }, '"force"'],
    ['force with a blank reason', { id: '1', by: 'ada', force: true, reason: ' ' }, '"force"'],
  ])('is refused with %s, naming the field', (_, body, named) => {
    const parsed = parseMessage(body);

    expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(named) });
  });

  it('names its sender in one way, however it was typed, so that one person is not two (I8)', () => {
    const composed = parseMessage({ id: '1', by: ' zo\u00eb ' });
    const decomposed = parseMessage({ id: '1', by: 'zoe\u0308' });

    expect(composed).toEqual(decomposed);
  });

  it('never throws, whatever JSON arrives, and reads what it wrote', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearlyMessages), (body) => {
        const parsed = parseMessage(body);

        expect(parsed.ok ? parseMessage(parsed.message) : parsed).toEqual(parsed);
      }),
    );
  });
});

const nearlyMessages = fc.record(
  {
    id: fc.oneof(fc.string(), fc.jsonValue()),
    by: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
    gate: fc.oneof(fc.constantFrom('shift', 'retire'), fc.jsonValue()),
    reason: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
    force: fc.oneof(fc.boolean(), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
