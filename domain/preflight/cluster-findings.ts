import { compareVersions } from '#domain/addon-versions.ts';
import { finding, type Finding } from './finding.ts';
import type { ReadinessFacts } from './readiness-facts.ts';
import { offeredIn } from './version-support.ts';

/** Blue, the version it is to become, and who has green's name. A part of `readiness.ts`. */
export function clusterFindings(facts: ReadinessFacts): readonly Finding[] {
  return [...blueFindings(facts), ...targetFindings(facts), ...greenFindings(facts)];
}

function blueFindings({ blue }: ReadinessFacts): readonly Finding[] {
  const issues = blue.issues.map((issue): Finding => {
    const remedy = 'mend it first: a blue that fails now cannot take users back';
    return finding('blue-health-issue', 'warn', blue.name, `EKS reports ${issue}`, remedy);
  });
  if (blue.status === 'ACTIVE') return issues;
  const remedy = 'wait until it is ACTIVE, then start again';
  return [
    finding('blue-not-active', 'block', blue.name, `blue is ${blue.status}`, remedy),
    ...issues,
  ];
}

function targetFindings(facts: ReadinessFacts): readonly Finding[] {
  const { blue, targetVersion } = facts;
  const findings: Finding[] = [];
  const offered = offeredIn(facts.versions);
  if (!offered.includes(targetVersion))
    findings.push(
      finding(
        'target-not-offered',
        'block',
        targetVersion,
        `EKS does not offer Kubernetes ${targetVersion}`,
        `choose one of ${offered.join(', ')}`,
      ),
    );
  const order = compareVersions(targetVersion, blue.version);
  if (order < 0)
    findings.push(
      finding(
        'target-not-newer',
        'block',
        targetVersion,
        `the target ${targetVersion} is older than blue's ${blue.version}`,
        'choose a version that is not older than blue',
      ),
    );
  else if (order === 0)
    findings.push(
      finding(
        'target-not-newer',
        'info',
        targetVersion,
        `the target is blue's own version ${blue.version}`,
        'nothing, if a rebuild is what you want',
      ),
    );
  return findings;
}

function greenFindings({ green }: ReadinessFacts): readonly Finding[] {
  if (green === null) return [];
  return green.ours
    ? [
        finding(
          'green-adopted',
          'info',
          green.name,
          'green exists from an earlier attempt of this migration and is used',
          'delete it first if you want a fresh one',
        ),
      ]
    : [
        finding(
          'green-name-taken',
          'block',
          green.name,
          'a cluster of this name exists and is not of this migration',
          'choose another name for green',
        ),
      ];
}
