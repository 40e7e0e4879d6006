import { quick } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';
import { Stopped } from '../stopped.ts';

/** Every name resolved once; blue, plan and target judged. A finding that blocks ends the run before anything is touched. */
export async function preflight(run: Run): Promise<PhaseResult> {
  const resolved = await quick('Resolve every name of the plan').resolveNames(run.activityInput);
  run.record((state) => ({ ...state, resolved }));
  const { findings, facts } = await quick('Judge readiness').checkReadiness({
    ...run.activityInput,
    resolved,
  });
  const blocking = findings.filter((finding) => finding.severity === 'block');
  if (blocking.length > 0)
    throw new Stopped({
      kind: 'blocked',
      by: 'preflight',
      reason: blocking
        .map(
          (finding) =>
            `${finding.code}: ${finding.title} [${finding.resource}]; next: ${finding.remedy}`,
        )
        .join('\n'),
      at: run.now(),
      force: false,
    });
  const warnings = findings.filter((finding) => finding.severity === 'warn');
  return {
    status: 'done',
    facts: {
      blueVersion: resolved.blue.version,
      routes: resolved.routes.length,
      requestsPerSecond: resolved.baseline.requestsPerSecond,
      ...facts,
      warnings: warnings.length,
      ...(warnings.length === 0
        ? {}
        : {
            warned: warnings
              .map((finding) => finding.code)
              .join(', ')
              .slice(0, 500),
          }),
    },
  };
}
