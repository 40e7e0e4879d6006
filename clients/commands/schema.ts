import { EXIT, type ExitCode } from '../exit-codes.ts';
import { planJsonSchema } from '../plan-schema.ts';
import { createOutput } from '../show/output.ts';

/** `cutover schema`: the JSON schema of the plan file, for editors and other tools. */
export async function schemaCommand(options: {
  readonly output: 'json' | 'yaml';
}): Promise<ExitCode> {
  createOutput({ output: options.output, color: false }).data(planJsonSchema(), () => '');
  return EXIT.done;
}
