/** A code given as text, as one of the codes the SDK lists; the fallback for any other. */
export function knownCode<Code extends string>(
  codes: Readonly<Record<string, Code>>,
  text: string,
  fallback: Code,
): Code {
  return Object.values(codes).find((code) => code === text) ?? fallback;
}
