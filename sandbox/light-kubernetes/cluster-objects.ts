/**
 * The objects of one cluster and every way to write them. Invariants: a write that changes nothing is none (no new version); the
 * version never goes back; an object with finalizers stays until they are gone; nothing is in a namespace that is not there.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { assertValid, withDefaults } from './admission.ts';
import { apiVersionOf, Kinds, type ServedKind } from './kinds.ts';
import {
  kubernetesTime,
  objectSchema,
  SERVER_FIELDS,
  type Claim,
  type LightObject,
  type Stored,
} from './light-object.ts';
import { applied, mergePatched } from './merge.ts';
import { alreadyExists, badRequest, conflict, notFound } from './refusal.ts';

export interface Place {
  readonly kind: ServedKind;
  /** Null for what is in none. */
  readonly namespace: string | null;
  readonly name: string;
}

export interface ClusterObjectsParts {
  readonly nowMs: () => number;
  readonly clusterIp: () => string;
  /** After every change; `object` is null when it is gone. */
  readonly onChange: (place: Place, object: LightObject | null) => void;
}

const NAMESPACE = 'Namespace';

export class ClusterObjects {
  readonly kinds = new Kinds();
  readonly #parts: ClusterObjectsParts;
  /** By kind, then by `namespace/name`. */
  readonly #objects = new Map<string, Map<string, Stored>>();
  #version = 1;

  constructor(parts: ClusterObjectsParts) {
    this.#parts = parts;
  }

  /** Of the newest change. */
  get resourceVersion(): string {
    return String(this.#version);
  }

  find({ kind, namespace, name }: Place): Stored | undefined {
    return this.#objects.get(kindKey(kind))?.get(keyOf(namespace, name));
  }

  /** @throws Refusal 404 */
  require(place: Place): Stored {
    const found = this.find(place);
    if (found === undefined) throw notFound(place.kind, place.name);
    return found;
  }

  /** In order of namespace and name. @param namespace null: of all */
  all(kind: ServedKind, namespace: string | null = null): readonly Stored[] {
    const found = [...(this.#objects.get(kindKey(kind)) ?? [])].filter(
      ([, { object }]) => namespace === null || object.metadata.namespace === namespace,
    );
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stored]) => stored);
  }

  /** @throws Refusal 409 when it exists. */
  create(place: Place, sent: unknown, manager: string): Stored {
    const object = this.#read(place, sent);
    if (this.find(place) !== undefined) throw alreadyExists(place.kind, place.name);
    return this.#store(place, object, [this.#claim(manager, 'Update', object)]);
  }

  /** Server-side apply, forced: creates or changes. */
  apply(place: Place, sent: unknown, manager: string): Stored {
    const intention = this.#read(place, sent);
    const before = this.find(place);
    const isOurs = (claim: Claim): boolean =>
      claim.manager === manager && claim.operation === 'Apply';
    const claims = before?.claims ?? [];
    const others = claims.filter((claim) => !isOurs(claim));
    const former = claims.find(isOurs)?.fields ?? {};
    const content = applied(
      before?.object ?? {},
      intention,
      former,
      others.map(({ fields }) => fields),
    );
    return this.#store(place, objectSchema.parse(content), [
      ...others,
      this.#claim(manager, 'Apply', intention),
    ]);
  }

  /** JSON merge patch. @throws Refusal 404, and 409 where `metadata.resourceVersion` is not the present one. */
  merge(place: Place, patch: Fields, manager: string): Stored {
    const { object, claims } = this.require(place);
    const { status: _, ...rest } = patch;
    this.#assertVersion(place, object, rest);
    const isOurs = (claim: Claim): boolean =>
      claim.manager === manager && claim.operation === 'Update';
    const known = claims.find(isOurs)?.fields ?? {};
    const content = objectSchema.parse(mergePatched(object, rest));
    if (content.metadata.name !== place.name)
      throw badRequest('the name of the object does not match the name on the URL');
    return this.#store(place, content, [
      ...claims.filter((claim) => !isOurs(claim)),
      this.#claim(manager, 'Update', mergePatched(known, rest)),
    ]);
  }

  /** The subresource `status`, by merge patch. */
  mergeStatus(place: Place, patch: Fields): Stored {
    const { object, claims } = this.require(place);
    this.#assertVersion(place, object, patch);
    const status = mergePatched(fieldsOf(object['status']), fieldsOf(patch['status']));
    return this.#store(place, { ...object, status }, claims);
  }

  /** Marks what has finalizers, takes away what has none. @throws Refusal 404 */
  delete(place: Place): LightObject {
    const { object, claims } = this.require(place);
    const { finalizers = [], deletionTimestamp } = object.metadata;
    if (finalizers.length === 0) {
      this.#remove(place);
      return object;
    }
    if (deletionTimestamp !== undefined) return object;
    const metadata = {
      ...object.metadata,
      deletionTimestamp: kubernetesTime(this.#parts.nowMs()),
    };
    return this.#store(place, { ...object, metadata }, claims).object;
  }

  #read(place: Place, sent: unknown): LightObject {
    const parsed = objectSchema.safeParse(sent);
    if (!parsed.success) throw badRequest('the body is no object');
    const { status: _, ...object } = parsed.data;
    const { apiVersion, kind, metadata } = object;
    if (apiVersion !== apiVersionOf(place.kind) || kind !== place.kind.kind)
      throw badRequest(`the object provided is unrecognized: ${apiVersion} ${kind}`);
    if (metadata.name !== place.name || (metadata.namespace ?? place.namespace) !== place.namespace)
      throw badRequest('the name or namespace of the object does not match the URL');
    if (metadata['managedFields'] !== undefined)
      throw badRequest('metadata.managedFields must be nil');
    return {
      ...object,
      metadata: place.namespace === null ? metadata : { ...metadata, namespace: place.namespace },
    };
  }

  #store(place: Place, wanted: LightObject, claims: readonly Claim[]): Stored {
    const { kind } = place;
    const before = this.find(place)?.object;
    this.#assertNamespace(place, before);
    const object = withDefaults(wanted, this.#parts.clusterIp);
    assertValid(kind, object, before);
    if (before !== undefined && isDeepStrictEqual(written(object), written(before))) {
      const stored = { object: before, claims };
      this.#kind(kind).set(keyOf(place.namespace, place.name), stored);
      return stored;
    }
    this.#version += 1;
    const hasSpec = object['spec'] !== undefined;
    const isOther = !isDeepStrictEqual(object['spec'], before?.['spec']);
    const generation = (before?.metadata.generation ?? 0) + (isOther ? 1 : 0);
    const metadata = {
      ...object.metadata,
      uid: before?.metadata.uid ?? randomUUID(),
      creationTimestamp: before?.metadata.creationTimestamp ?? kubernetesTime(this.#parts.nowMs()),
      resourceVersion: String(this.#version),
      ...(hasSpec ? { generation } : {}),
    };
    const stored = { object: { ...object, metadata }, claims };
    this.#kind(kind).set(keyOf(place.namespace, place.name), stored);
    if (isOver(stored.object)) this.#remove(place);
    else this.#changed(place, stored.object);
    return stored;
  }

  #remove(place: Place): void {
    this.#version += 1;
    this.#kind(place.kind).delete(keyOf(place.namespace, place.name));
    if (place.kind.kind === NAMESPACE) this.#empty(place.name);
    this.#changed(place, null);
  }

  /** Objects go with their namespace. */
  #empty(namespace: string): void {
    for (const objects of this.#objects.values())
      for (const [key, { object }] of objects)
        if (object.metadata.namespace === namespace) objects.delete(key);
  }

  #changed(place: Place, object: LightObject | null): void {
    if (place.kind.kind === 'CustomResourceDefinition') {
      if (object === null) this.kinds.undefine(place.name);
      else this.kinds.define(place.name, object['spec']);
    }
    this.#parts.onChange(place, object);
  }

  #assertNamespace({ kind, namespace }: Place, before: LightObject | undefined): void {
    if (namespace === null || before !== undefined) return;
    const namespaces = this.kinds.ofKind('v1', NAMESPACE);
    if (kind.namespaced) this.require({ kind: namespaces, namespace: null, name: namespace });
  }

  #assertVersion({ kind, name }: Place, object: LightObject, patch: Fields): void {
    const { resourceVersion } = fieldsOf(patch['metadata']);
    if (resourceVersion === undefined || resourceVersion === null) return;
    if (resourceVersion !== object.metadata.resourceVersion) throw conflict(kind, name);
  }

  #claim(manager: string, operation: Claim['operation'], fields: Fields): Claim {
    return { manager, operation, fields, at: kubernetesTime(this.#parts.nowMs()) };
  }

  #kind(kind: ServedKind): Map<string, Stored> {
    const key = kindKey(kind);
    const objects = this.#objects.get(key) ?? new Map<string, Stored>();
    this.#objects.set(key, objects);
    return objects;
  }
}

/** What writers decide about. */
function written({ metadata, ...rest }: LightObject): unknown {
  const { deletionTimestamp } = metadata;
  const own = Object.entries(metadata).filter(
    ([name]) => !SERVER_FIELDS.some((field) => field === name),
  );
  return { ...rest, metadata: Object.fromEntries(own), deletionTimestamp };
}

/** Deleted, and nobody holds it any more. */
function isOver({ metadata }: LightObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
}

const kindKey = ({ group, plural }: ServedKind): string => `${group}/${plural}`;

const keyOf = (namespace: string | null, name: string): string => `${namespace ?? ''}/${name}`;
