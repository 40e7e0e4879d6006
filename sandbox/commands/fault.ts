import { Argument, type Command, InvalidArgumentError } from 'commander';
import { assertNever } from '#domain/assert-never.ts';
import type { ShopFaultInput } from '#sandbox/shop/shop-fault.ts';
import { shopClient } from '#sandbox/world/shop-client.ts';
import { findSandbox } from './running-sandbox.ts';

/** Kinds of trouble a person can cause with one word; the control APIs know more. */
const KINDS = ['green-errors', 'green-slow', 'green-resets', 'blue-errors', 'none'] as const;
type Kind = (typeof KINDS)[number];

export function registerFault(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('fault')
    .description("makes the shop's pods misbehave for users, until told otherwise")
    .addArgument(new Argument('<kind>', 'what goes wrong').choices(KINDS))
    .argument('[amount]', 'share of requests 0–1, or the factor on latency', positive)
    .action(async (kind: Kind, amount: number | undefined) => {
      const { origins } = await findSandbox();
      const faults = faultsOf(kind, amount);
      await shopClient(origins.shop).setFaults(faults);
      process.stderr.write(
        faults.length === 0 ? 'the shop is well again\n' : `set: ${JSON.stringify(faults)}\n`,
      );
      finish(0);
    });
}

function faultsOf(kind: Kind, amount: number | undefined): readonly ShopFaultInput[] {
  switch (kind) {
    case 'green-errors':
      return [{ cluster: 'shop-green', status: 503, rate: amount ?? 0.3 }];
    case 'green-slow':
      return [{ cluster: 'shop-green', latencyMultiplier: amount ?? 10 }];
    case 'green-resets':
      return [{ cluster: 'shop-green', resets: amount ?? 0.3 }];
    case 'blue-errors':
      return [{ cluster: 'shop-blue', status: 503, rate: amount ?? 0.3 }];
    case 'none':
      return [];
    default:
      return assertNever(kind);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('a number above 0');
}
