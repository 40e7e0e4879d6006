import { z } from 'zod';

/** What `cutover preflight -o json` prints. Everything that people need of a finding must be there. */
const text = z.string().min(1);

const reportSchema = z.object({
  findings: z.array(
    z.object({
      code: text,
      severity: z.enum(['block', 'warn', 'info']),
      title: text,
      resource: z.object({ kind: z.string(), namespace: z.string(), name: text }),
      evidence: text,
      remedy: text,
      source: text,
    }),
  ),
});

export type Report = z.infer<typeof reportSchema>;

export type Reported = Report['findings'][number];

/** @throws ZodError where a finding lacks evidence, remedy or source */
export function reportIn(printed: unknown): Report {
  return reportSchema.parse(printed);
}
