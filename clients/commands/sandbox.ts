/** `cutover sandbox …`: handed over untouched; the sandbox is loaded only here, and only when it is asked for. */
export async function sandboxCommand(argv: readonly string[]): Promise<number> {
  const { runSandbox } = await import('#sandbox/cli.ts');
  return runSandbox(argv);
}
