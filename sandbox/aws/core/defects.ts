/**
 * Faults of the emulator itself (a wrong answer, a handler that crashed), as opposed to errors it plays on purpose. They are
 * answered as `InternalFailure`, written to stderr and kept, so that a test can assert there were none.
 */
export interface Defect {
  readonly what: string;
  readonly cause: unknown;
}

export interface DefectReporter {
  report(what: string, cause: unknown): void;
  all(): readonly Defect[];
}

/** @param write where a defect is announced. @default stderr */
export function defectReporter(
  write: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): DefectReporter {
  const defects: Defect[] = [];
  return {
    report: (what, cause) => {
      defects.push({ what, cause });
      write(
        `aws emulator defect: ${what}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
      );
    },
    all: () => defects,
  };
}
