import * as fc from 'fast-check';
import { junitOf } from '#domain/addon-probes/junit.ts';
import {
  failedProbes,
  probeFacts,
  resultOf,
  type ProbeReport,
} from '#domain/addon-probes/probe-result.ts';

const REPORT: ProbeReport = {
  results: [
    resultOf({ kind: 'pod-on-every-node' }, { kind: 'passed', evidence: 'a pod ran on each of 2' }),
    resultOf({ kind: 'dns-inside' }, { kind: 'failed', evidence: 'no <answer> & "none"' }),
    resultOf({ kind: 'dns-outside', name: 'a.b' }, { kind: 'failed', evidence: 'none either' }),
    resultOf({ kind: 'service-routing' }, { kind: 'not-run', evidence: 'nobody answers' }),
  ],
  leftOut: [{ probe: 'metrics-api', reason: 'blue has none' }],
};

it('a failure is told with the first that failed, and the others by name', () => {
  const failure = failedProbes(REPORT);
  expect(failure?.addon).toBe('coredns');
  expect(failure?.what).toBe(
    'probe dns-inside failed: no <answer> & "none"; failed too: dns-outside (coredns: none either); could not be asked: service-routing',
  );
});

it('nothing that failed is no failure', () => {
  expect(failedProbes({ ...REPORT, results: REPORT.results.slice(0, 1) })).toBeNull();
});

it('facts are counts and names', () => {
  expect(probeFacts(REPORT)).toEqual({
    probes: 4,
    probesPassed: 'pod-on-every-node',
    probesLeftOut: 'metrics-api (blue has none)',
  });
});

it('JUnit has a case for each probe, by add-on, and says what was skipped and why', () => {
  const xml = junitOf([{ name: 'shop-green', report: REPORT }]);
  expect(xml).toContain(
    '<testsuite name="shop-green" tests="5" failures="2" errors="0" skipped="2">',
  );
  expect(xml).toContain('<testcase classname="coredns" name="dns-inside">');
  expect(xml).toContain('<failure message="no &lt;answer&gt; &amp; &quot;none&quot;"/>');
  expect(xml).toContain('<skipped message="blue has none"/>');
});

it('JUnit stays XML whatever a cluster says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (evidence) => {
      const result = resultOf({ kind: 'webhooks' }, { kind: 'failed', evidence });
      const xml = junitOf([{ name: evidence, report: { results: [result], leftOut: [] } }]);
      // No control characters, and every sign that means something is our own.
      const codes = Array.from(xml, (sign) => sign.codePointAt(0) ?? 0);
      expect(codes.filter((code) => code < 0x20 && ![0x9, 0xa, 0xd].includes(code))).toEqual([]);
      expect(codes.filter((code) => code === 0xfffe || code === 0xffff)).toEqual([]);
      expect([...xml.matchAll(/</gu)]).toHaveLength(8);
      expect([...xml.matchAll(/&(?!(amp|lt|gt|quot|apos);)/gu)]).toHaveLength(0);
    }),
  );
});
