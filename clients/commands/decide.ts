/**
 * Sends one decision of a person and reports what became of it; the verbs `approve` … `abort` are this with their own
 * question. Invariants: an accepted decision is exit 0 (or the end's code with `--wait`), a refused one is exit 1 and
 * an answer, not a failure; a gate decision names its gate, so that it can never count for another one.
 */
import { randomUUID } from 'node:crypto';
import { parseMessage, type Message, type Verb } from '#domain/migration/messages.ts';
import { isGateName, type GateName } from '#domain/migration/phases.ts';
import type { MigrationClient } from '../migration-client.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readSighting } from '../migrations/read-status.ts';
import type { SendResult } from '../migrations/send-message.ts';
import { createOutput, plain, type Output } from '../show/output.ts';
import { confirmed } from './confirm.ts';
import { follow, type Followed } from './follow.ts';
import type { GateOptions } from './options.ts';
import { finalData } from './final-data.ts';
import { senderName } from './sender.ts';
import { withClient } from './with-client.ts';

export interface Decision {
  readonly verb: Verb;
  readonly target: string | undefined;
  readonly options: GateOptions;
  readonly force?: boolean;
  /** What an amendment says besides. */
  readonly amendment?: Pick<Message, 'changes' | 'basis'>;
  /** Printed with the answer in JSON and YAML. */
  readonly also?: Readonly<Record<string, unknown>>;
  /** What a person at a terminal is asked first; null: nothing. */
  readonly question: (facts: {
    readonly workflowId: string;
    readonly gate: GateName | undefined;
  }) => string | null;
}

/** Throws `ClientError`s. */
export async function decide(decision: Decision): Promise<ExitCode> {
  const { verb, options } = decision;
  const by = senderName(options.by);
  const id = options.id ?? randomUUID();
  const output = createOutput(options);
  return withClient(async (client) => {
    const workflowId = await client.find(decision.target);
    const gate =
      verb === 'approve' || verb === 'reject'
        ? await gateMeant(client, workflowId, options.gate)
        : undefined;
    const question = decision.question({ workflowId, gate });
    if (question !== null && !(await confirmed(question, options.yes))) {
      output.say('nothing was sent');
      return EXIT.error;
    }
    const message = checked({
      id,
      by,
      ...(gate === undefined ? {} : { gate }),
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(decision.force === true ? { force: true } : {}),
      ...decision.amendment,
    });
    const waits = options.wait === true || options.until !== undefined;
    const sent = await client.send(
      verb,
      workflowId,
      message,
      options.timeout === undefined || waits ? {} : { deadlineMs: options.timeout },
    );
    const { also = {} } = decision;
    if (sent.kind === 'refused' || !waits) {
      report(output, { workflowId, verb, message, sent, also });
      return CODES[sent.kind];
    }
    output.say(sentence(sent));
    const followed = await follow(client, workflowId, output, options);
    report(output, { workflowId, verb, message, sent, also, followed });
    return followed.code;
  });
}

async function gateMeant(
  client: MigrationClient,
  workflowId: string,
  gate: GateName | undefined,
): Promise<GateName | undefined> {
  if (gate !== undefined) return gate;
  const { snapshot } = await readSighting(client.temporal, workflowId);
  return snapshot.gate !== null && isGateName(snapshot.gate) ? snapshot.gate : undefined;
}

/** The same check the workflow makes, so that a message it would not take is wrong usage here. */
function checked(message: Message): Message {
  const parsed = parseMessage(message);
  if (parsed.ok) return parsed.message;
  throw new UsageError(
    `the decision cannot be sent: ${parsed.problem}`,
    'correct --id, --by or --reason',
  );
}

const CODES: Readonly<Record<SendResult['kind'], ExitCode>> = {
  accepted: EXIT.done,
  refused: EXIT.error,
  recorded: EXIT.timedOut,
};

function report(
  output: Output,
  facts: {
    readonly workflowId: string;
    readonly verb: Verb;
    readonly message: Message;
    readonly sent: SendResult;
    readonly also: Readonly<Record<string, unknown>>;
    readonly followed?: Followed;
  },
): void {
  const { workflowId, verb, message, sent, also, followed } = facts;
  if (output.format === 'table' && followed === undefined) {
    if (sent.kind === 'accepted') output.data(sent, sentence);
    else output.say(output.messageColors.red(sentence(sent)));
    return;
  }
  const data = {
    workflowId,
    verb,
    gate: message.gate ?? null,
    id: message.id,
    by: message.by,
    accepted: sent.kind === 'accepted',
    recorded: sent.kind !== 'refused',
    message: sent.message,
    ...also,
  };
  if (followed === undefined) output.data(data, () => sentence(sent));
  else finalData(output, data, followed);
}

function sentence(sent: SendResult): string {
  const said = plain(sent.message);
  return said.startsWith(sent.kind) ? said : `${sent.kind}: ${said}`;
}
