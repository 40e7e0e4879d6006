import type { Colors } from './output.ts';

const CELLS = 40;

/**
 * A picture of one route's traffic: blue's share left, green's right. Any share above 0 shows at least one cell, so
 * that 1 % is not invisible. @param greenPercent 0–100
 */
export function weightBar(greenPercent: number, colors: Colors): string {
  const exact = (greenPercent / 100) * CELLS;
  const green =
    greenPercent <= 0
      ? 0
      : greenPercent >= 100
        ? CELLS
        : Math.min(CELLS - 1, Math.max(1, Math.round(exact)));
  return `${colors.blue('░'.repeat(CELLS - green))}${colors.green('█'.repeat(green))}`;
}
