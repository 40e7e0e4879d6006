import { SEARCH_ATTRIBUTES } from '#workflows/search-attributes.ts';

const TYPES = { KEYWORD: 'Keyword', INT: 'Int' } as const;

/** The engine's search attributes by name, as `temporal server start-dev` takes them. */
export const SEARCH_ATTRIBUTE_TYPES = Object.fromEntries(
  SEARCH_ATTRIBUTES.map(({ name, type }) => [name, TYPES[type]] as const),
);
