import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** Folders whose files take minutes; begun first, so that no core waits for the other at the end of a run. */
const LONG = [
  'test/e2e/',
  'test/chaos/kill-matrix',
  'test/workflows/',
  'test/clients/cli',
  'test/sandbox/',
];

/** Orders files by how long their folder usually takes; within one, as jest would. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const found = LONG.findIndex((folder) => path.includes(folder));
      return found === -1 ? LONG.length : found;
    };
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
