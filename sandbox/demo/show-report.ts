import pc from 'picocolors';
import type { DemoReport } from './scenario.ts';

/** The report for people. */
export function showReport(report: DemoReport): string {
  const { traffic, rollback, exposure } = report;
  const lines = [
    '',
    pc.bold(`${report.scenario}: ${report.outcome}`) +
      (report.reason === '' ? '' : ` — ${report.reason}`),
    `  blue   ${report.blue.version}${report.blue.exists ? '' : ', removed'}`,
    `  green  ${report.green.version}${report.green.exists ? '' : ', removed'}`,
    `  users  ${traffic.requests} requests, ${traffic.failed} failed (${traffic.failedAtBlue} at blue), ${traffic.greenAtWeightZero} met green at weight 0`,
    ...traffic.steps.map(
      (step) =>
        `         ${step.intended} % intended, ${step.observed?.toFixed(2) ?? '–'} % seen in ${step.requests ?? '–'} requests`,
    ),
    ...(rollback === null
      ? []
      : [
          `  back   detected after ${rollback.detectedSeconds} s, restored after ${rollback.restoredSeconds} s`,
        ]),
    ...(exposure === null
      ? []
      : [
          `  trouble ${exposure.requests} requests met green in its ${exposure.seconds} s, ${exposure.failedRequests} requests failed`,
        ]),
    ...report.halts.map((reason) => `  halted ${reason}`),
    `  rules  ${report.rules.unchanged ? 'byte-identical' : 'changed'}`,
    `  phases ${report.phases.map(({ name, seconds }) => `${name} ${Math.round(seconds)} s`).join(', ')}`,
    `  ${report.historyEvents} history events in ${report.seconds} s`,
    '',
  ];
  return lines.join('\n');
}
