/**
 * How a plan names a CloudWatch alarm: by its name, in the plan's own region, or by its ARN. Pure; called by whatever asks for
 * an alarm. Format: `arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME` (a name may hold colons).
 */
const ALARM_ARN = /^arn:aws[a-z-]*:cloudwatch:([a-z0-9-]+):(\d{12}):alarm:(.+)$/u;

export function nameOfAlarm(written: string): string {
  return ALARM_ARN.exec(written)?.[3] ?? written;
}

/** The account in an alarm's ARN; undefined for a name. */
export function accountOfAlarm(written: string): string | undefined {
  return ALARM_ARN.exec(written)?.[2];
}

/** The access with the region of the alarm's ARN. */
export function accessOfAlarm<Access extends { readonly region: string }>(
  written: string,
  access: Access,
): Access {
  const region = ALARM_ARN.exec(written)?.[1];
  return region === undefined ? access : { ...access, region };
}
