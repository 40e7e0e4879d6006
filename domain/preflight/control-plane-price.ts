/** What EKS takes for a control plane, dollars an hour, in standard and in extended support. Source: "Amazon EKS pricing". */
export const STANDARD_DOLLARS = 0.1;
export const EXTENDED_DOLLARS = 0.6;
