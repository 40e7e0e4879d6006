import { misfitsOf } from '#activities/adapters/aws/addon-misfits.ts';
import { misfitText } from '#domain/addon-probes/misfits.ts';

/** As EKS hands it out for vpc-cni: another draft, references, words of its own. */
const SCHEMA = JSON.stringify({
  $ref: '#/definitions/Addon',
  $schema: 'http://json-schema.org/draft-06/schema#',
  definitions: {
    Addon: {
      type: 'object',
      additionalProperties: false,
      properties: {
        replicaCount: { type: 'integer', minimum: 1, format: 'int32' },
        mode: { type: 'string', enum: ['iptables', 'nftables'] },
        controller: { $ref: '#/definitions/Controller' },
        size: { oneOf: [{ minimum: 1 }, { maximum: 9 }] },
      },
    },
    Controller: {
      type: 'object',
      required: ['region'],
      properties: { region: { type: 'string', description: 'x', examples: ['y'] } },
    },
  },
});

it('what fits, fits; JSON and YAML', () => {
  expect(misfitsOf('{"replicaCount": 2}', SCHEMA)).toEqual([]);
  expect(misfitsOf('replicaCount: 2\nmode: nftables\n', SCHEMA)).toEqual([]);
});

it('what does not fit is told place by place', () => {
  const misfits = misfitsOf('{"replicaCount":0,"mode":"ipvs","controller":{},"old":[1]}', SCHEMA);
  expect(misfitText(misfits ?? []).split('\n')).toEqual([
    '- old: blue has a list, allowed is no such field',
    '- replicaCount: blue has 0, allowed is what fulfils: must be >= 1',
    '- mode: blue has "ipvs", allowed is one of "iptables", "nftables"',
    '- controller.region: blue has nothing, allowed is something',
  ]);
});

it('what fits two alternatives where one is allowed does not fit', () => {
  expect(misfitsOf('{"size": 5}', SCHEMA)).toHaveLength(1);
});

it('a text that is neither JSON nor YAML does not fit', () => {
  expect(misfitsOf('{', SCHEMA)).toHaveLength(1);
});

it.each(['no JSON', '3', '{"$ref":"#/nowhere"}', '{"pattern":"("}'])(
  'a schema that cannot be read judges nothing: %s',
  (schema) => {
    expect(misfitsOf('{"a":"b"}', schema)).toBeNull();
  },
);
