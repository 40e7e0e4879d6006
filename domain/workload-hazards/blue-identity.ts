import type { ObjectFinding } from '#domain/api-removals/object-finding.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { listIn, podSpecOf } from '#domain/workloads/pod-spec.ts';
import { holdsName, quoted } from '#domain/whole-word.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { hazard, placeOf, type HazardFacts } from './hazard.ts';

/**
 * Work that carries blue's identity (I13): a controller that starts on green with blue's cluster name, discovery tag or owner id
 * acts on what is blue's. Only names of arguments and variables are told: their values may be secrets.
 */
export interface IdentityFacts extends Pick<HazardFacts, 'singletons'> {
  /** Blue's name. */
  readonly blue: string;
  /** Names that mean something else than the cluster: of namespaces. */
  readonly otherNames: ReadonlySet<string>;
}

const I13 = 'Cutover’s own rule (I13)';

/** @param isCopied is it in a namespace that the copy carries over? */
export function identityHazards(
  workload: KubernetesObject,
  isCopied: boolean,
  facts: IdentityFacts,
): readonly ObjectFinding[] {
  const { containers } = podOf(workload);
  const dns = containers.find(({ image }) => /(?:^|\/)external-dns(?:$|[:@])/u.test(image));
  if (dns !== undefined) return dnsOwner(workload, dns, isCopied, facts);
  const found = containers.flatMap((container) =>
    container.settings
      .filter((setting) => namesBlue(setting, facts))
      .map(({ what }) => `${what} of container ${container.name}`),
  );
  if (found.length === 0) return [];
  const evidence = `${found.slice(0, MOST).join(', ')} ${found.length === 1 ? 'names' : 'name'} ${facts.blue}`;
  return [
    isCopied
      ? hazard(workload, 'names-blue', 'warn', {
          title: 'it would start on green with blue’s name',
          evidence,
          remedy:
            'take the name from a ConfigMap that differs per cluster, or keep it out of the plan’s namespaces and install it on green with green’s name',
          source: I13,
        })
      : hazard(workload, 'names-blue', 'info', {
          title: 'it works with blue’s name, and is not carried over',
          evidence,
          remedy: 'if you install it on green, give it green’s name there',
          source: I13,
        }),
  ];
}

const MOST = 3;

interface Setting {
  readonly what: string;
  /** Of the argument or variable; empty where it has none. */
  readonly name: string;
  readonly value: string;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly settings: readonly Setting[];
}

function podOf(workload: KubernetesObject): { readonly containers: readonly Container[] } {
  const pod = podSpecOf(workload);
  const all = [...listIn(pod, 'initContainers'), ...listIn(pod, 'containers')];
  return {
    containers: all.map((container) => ({
      name: String(container['name']),
      image: textOf(container['image']),
      settings: [...argumentsOf(container), ...variablesOf(container)],
    })),
  };
}

function argumentsOf(container: Fields): readonly Setting[] {
  const words = [container['command'], container['args']].flatMap((list): readonly unknown[] =>
    Array.isArray(list) ? list : [],
  );
  return words.map((word, index): Setting => {
    const text = textOf(word);
    const [flag = ''] = /^-{1,2}[\w.-]+/u.exec(text) ?? [];
    if (text.startsWith('-') && text.includes('='))
      return { what: `argument ${flag}`, name: flag, value: text.slice(text.indexOf('=') + 1) };
    const before = /^-{1,2}[\w.-]+$/u.exec(textOf(words[index - 1]))?.[0] ?? '';
    const what = before === '' ? `argument ${index + 1}` : `argument ${before}`;
    return { what, name: before, value: text };
  });
}

function variablesOf(container: Fields): readonly Setting[] {
  return listIn(container, 'env').map(({ name, value }) => ({
    what: `variable ${String(name)}`,
    name: String(name),
    value: textOf(value),
  }));
}

/** Empty for what is no text. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function namesBlue({ name, value }: Setting, { blue, otherNames }: IdentityFacts): boolean {
  if (/cluster/iu.test(name) && value === blue) return true;
  if (new RegExp(`cluster(?:-autoscaler)?/${quoted(blue)}(?![\\w-])`, 'u').test(value)) return true;
  // A word such as `shop` means many things; `shop-blue` means the cluster.
  const isTelling = blue.includes('-') && !otherNames.has(blue);
  return isTelling && holdsName(value, blue);
}

/** external-dns of two clusters with one owner id each delete what the other wrote. */
function dnsOwner(
  workload: KubernetesObject,
  { settings }: Container,
  isCopied: boolean,
  { singletons }: IdentityFacts,
): readonly ObjectFinding[] {
  if (isCopied && singletons.includes(placeOf(workload))) return [];
  const id = settings.find(
    ({ name }) => name === '--txt-owner-id' || name === 'EXTERNAL_DNS_TXT_OWNER_ID',
  );
  const { replicas } = fieldsOf(workload['spec']);
  if (replicas === 0) return [];
  return [
    hazard(workload, 'dns-owner-shared', isCopied ? 'block' : 'warn', {
      title: isCopied
        ? 'external-dns would run in both clusters with one owner id, and each would delete the other’s records'
        : 'external-dns runs on blue; with the same owner id green’s would delete blue’s records',
      evidence: `its owner id is ${id === undefined ? 'the default, `default`' : `“${id.value}”`}`,
      remedy:
        'give green’s an owner id of its own (--txt-owner-id), or list it under `singletons.deployments`, so that one runs at a time',
      source:
        'https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/ (owner id); I13',
    }),
  ];
}
