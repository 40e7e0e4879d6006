import { finding, type Finding } from './finding.ts';

/** Does the worker run in blue? Its end would be the worker's. */
export function workerPlaceFindings(isWorkerInBlue: boolean, blue: string): readonly Finding[] {
  if (!isWorkerInBlue) return [];
  return [
    finding(
      'worker-in-blue',
      'block',
      blue,
      'the worker runs in blue, which the migration empties and deletes',
      'run the worker outside of both clusters, then start again',
    ),
  ];
}
