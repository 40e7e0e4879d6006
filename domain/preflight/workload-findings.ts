import { finding, type Finding } from './finding.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/** What stands against a migration in blue's workloads: a part of `readiness.ts`, which gathers all findings. */
export function workloadFindings(facts: ReadinessFacts): readonly Finding[] {
  const namespaces = facts.namespaces.flatMap(
    ({ name, exists, deployments }): readonly Finding[] => {
      const correct = 'correct the namespace in the plan';
      if (!exists)
        return [
          finding('namespace-missing', 'block', name, `blue has no namespace ${name}`, correct),
        ];
      return deployments > 0
        ? []
        : [
            finding(
              'namespace-empty',
              'warn',
              name,
              `namespace ${name} has no Deployment`,
              correct,
            ),
          ];
    },
  );
  const singletons = facts.missingSingletons.map((name) => {
    const remedy = 'correct the name in the plan: an unknown singleton would run twice';
    return finding('singleton-missing', 'block', name, `blue has no Deployment ${name}`, remedy);
  });
  const floors = facts.floorsLeftAlone.map((title) => {
    const remedy =
      'set it at its owner before the shift: an idle blue that shrinks cannot take users back';
    return finding('floor-owned-elsewhere', 'warn', facts.blue.name, title, remedy);
  });
  return [...namespaces, ...singletons, ...floors];
}
