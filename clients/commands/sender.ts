import { userInfo } from 'node:os';
import { UsageError } from '../errors.ts';

/** Who is deciding: `--by`, else `CUTOVER_USER`, else the user of the operating system. Throws `UsageError`. */
export function senderName(by: string | undefined): string {
  const name = by ?? process.env['CUTOVER_USER'] ?? systemUser();
  if (name !== '') return name;
  throw new UsageError(
    'who is asking is not known',
    'say it with --by <name>, or set CUTOVER_USER',
  );
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return ''; // a container whose user id has no name
  }
}
