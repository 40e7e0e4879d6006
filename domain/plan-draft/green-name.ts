/** What green's twin of something of blue's is called, for people to change: `shop-blue` → `shop-green`, `shop` → `shop-green`. */
export function greenNameLike(blue: string): string {
  return /blue/iu.test(blue) ? blue.replace(/blue/iu, 'green') : `${blue}-green`;
}
