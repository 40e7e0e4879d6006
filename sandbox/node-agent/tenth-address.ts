/** Where EKS puts the cluster's name server. @param serviceCidr such as `172.20.0.0/16` */
export function tenthAddress(serviceCidr: string): string {
  return serviceCidr.replace(/\d+\/\d+$/u, '10');
}
