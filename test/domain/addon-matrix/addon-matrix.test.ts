import * as fc from 'fast-check';
import {
  isTried,
  withCertification,
  type Certification,
} from '#domain/addon-matrix/addon-matrix.ts';
import { parseAddonMatrix } from '#domain/addon-matrix/parse-addon-matrix.ts';
import { resultOf } from '#domain/addon-probes/probe-result.ts';

const EMPTY = { rows: [] };

const TRIED: Certification = {
  kubernetes: '1.36',
  date: '2026-11-26',
  addons: [
    { addon: 'vpc-cni', version: 'v1.22.4-eksbuild.3' },
    { addon: 'coredns', version: 'v1.14.3-eksbuild.3' },
    { addon: 'kube-proxy', version: 'v1.36.0-eksbuild.14' },
    { addon: 'eks-pod-identity-agent', version: 'v1.3.10-eksbuild.3' },
  ],
  report: {
    results: [
      resultOf({ kind: 'pod-on-every-node' }, { kind: 'passed', evidence: 'yes' }),
      resultOf({ kind: 'service-routing' }, { kind: 'not-run', evidence: 'nobody answers' }),
      resultOf({ kind: 'dns-inside' }, { kind: 'passed', evidence: 'yes' }),
      resultOf({ kind: 'dns-outside', name: 'a.b' }, { kind: 'failed', evidence: 'no' }),
    ],
    leftOut: [],
  },
};

it('has a row for each version with a verdict: failed where one probe failed, none where nothing could be asked', () => {
  const { rows } = withCertification(EMPTY, TRIED);

  expect(
    rows.map(({ addon, result, probes, evidence }) => [addon, result, probes, evidence]),
  ).toEqual([
    ['coredns', 'failed', ['dns-outside'], 'dns-outside: no'],
    ['eks-pod-identity-agent', 'healthy', [], ''],
    ['vpc-cni', 'passed', ['pod-on-every-node'], ''],
  ]);
  expect(isTried({ rows }, '1.36', TRIED.addons)).toBe(false);
  expect(isTried({ rows }, '1.36', TRIED.addons.slice(0, 2))).toBe(true);
  expect(isTried({ rows }, '1.37', TRIED.addons.slice(0, 2))).toBe(false);
});

it('adding twice adds nothing, and what stands in it stays', () => {
  const once = withCertification(EMPTY, TRIED);
  const later = { ...TRIED, date: '2026-12-01', report: { results: [], leftOut: [] } };

  expect(withCertification(once, TRIED)).toEqual(once);
  expect(withCertification(once, later).rows).toEqual(expect.arrayContaining([...once.rows]));
});

it('is read as it was written, in whatever order it was tried', () => {
  const version = fc.stringMatching(/^v1\.\d{1,2}\.\d{1,2}-eksbuild\.\d{1,2}$/u);
  const tries = fc.array(fc.tuple(fc.constantFrom('1.35', '1.36'), version), { maxLength: 10 });
  fc.assert(
    fc.property(tries, (drawn) => {
      const all = drawn.map(([kubernetes, of]): Certification => ({
        ...TRIED,
        kubernetes,
        addons: [{ addon: 'vpc-cni', version: of }],
      }));
      const matrix = all.reduce(withCertification, EMPTY);
      expect(parseAddonMatrix(JSON.parse(JSON.stringify(matrix)))).toEqual({
        kind: 'valid',
        matrix,
      });
      expect(all.toReversed().reduce(withCertification, EMPTY)).toEqual(matrix);
    }),
  );
});

it('refuses a file that people broke, with the place', () => {
  const row = { kubernetes: '1.36', addon: 'coredns', version: 'v1', result: 'good', probes: [] };
  const parsed = parseAddonMatrix({ rows: [{ ...row, evidence: '', date: '2026-11-26' }] });

  expect(parsed).toMatchObject({
    kind: 'invalid',
    problems: [expect.stringContaining('rows[0].result')],
  });
  expect(parseAddonMatrix([]).kind).toBe('invalid');
});
