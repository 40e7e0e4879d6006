/** Names of the two clusters, as the default plan has them. */
export const BLUE = 'shop-blue';
export const GREEN = 'shop-green';
