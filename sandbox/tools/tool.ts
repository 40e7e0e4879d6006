/** What the catalogue says about a program: its version, how to recognise it, and where it can come from. */
import type { PlatformKey } from './platform.ts';

export const TOOL_NAMES = [
  'temporal',
  'temporal-test-server',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'etcd',
  'kwok',
  'kro',
  'prometheus',
  'promtool',
] as const;

export type ToolName = (typeof TOOL_NAMES)[number];

export type Sha256ByPlatform = Readonly<Record<PlatformKey, string>>;

/** How a downloaded file is proven. */
export type Checksum =
  /** The program itself has this hash, whatever it was packed in. */
  | { readonly kind: 'pinned'; readonly program: string }
  /** A file of hashes beside the download; one that has a single hash needs no names. */
  | { readonly kind: 'published'; readonly url: string }
  /** The digest GitHub records for each release asset. */
  | { readonly kind: 'github'; readonly release: string };

export interface Download {
  readonly url: string;
  readonly checksum: Checksum;
  /** @default false */
  readonly archive?: boolean;
}

export type Source =
  /** `at` answers undefined where the vendor has nothing for the platform. */
  | { readonly kind: 'download'; readonly at: (platform: PlatformKey) => Download | undefined }
  | { readonly kind: 'wheel'; readonly requirement: string; readonly sha256: Sha256ByPlatform }
  /** The newest package of this upstream version that the machine's Debian archive has. */
  | { readonly kind: 'debian'; readonly package: string; readonly version: string }
  | {
      readonly kind: 'go';
      /** Directory of the go.mod that pins the module and all it needs. */
      readonly moduleDir: string;
      readonly package: string;
      readonly ldflags: string;
    };

export interface Tool {
  readonly name: ToolName;
  readonly version: string;
  /** How a program found on PATH is asked, and what its answer must contain; without it PATH is not searched. */
  readonly ask?: { readonly args: readonly string[]; readonly expect: string };
  readonly sources: readonly Source[];
}

/** What happens while tools are made ready; shown by a reporter. */
export type ToolEvent =
  /** The machine had it already. */
  | { readonly kind: 'present'; readonly tool: ToolName; readonly version: string }
  /** A new attempt or stage, or a sign of life of a long one. */
  | { readonly kind: 'step'; readonly tool: ToolName; readonly message: string }
  | {
      readonly kind: 'installed';
      readonly tool: ToolName;
      readonly version: string;
      readonly from: Source['kind'];
      readonly seconds: number;
    }
  | { readonly kind: 'failed'; readonly tool: ToolName };

export type ToolReport = (event: ToolEvent) => void;
