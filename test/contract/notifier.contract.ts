import type { Notice, Notifier, NotifyTarget } from '#activities/ports/notifier.ts';

/** What every notifier keeps. */
export interface NotifierUnderTest {
  readonly notifier: Notifier;
  readonly webhook: Extract<NotifyTarget, { with: 'webhook' }>;
  /** What people were told so far, by any target, oldest first. */
  told(): readonly Pick<Notice, 'event' | 'workflowId' | 'command'>[];
  stop(): Promise<void>;
}

const NOTICE: Notice = {
  event: 'gate-waiting',
  workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
  migrationId: 'aaaaaaaaaaaa',
  plan: 'shop',
  text: 'the shift gate waits for sre',
  command: 'cutover approve migrate/111122223333/eu-west-1/shop-blue --gate shift',
};

export function notifierContract(name: string, setUp: () => Promise<NotifierUnderTest>): void {
  describe(`a notifier (${name})`, () => {
    let under: NotifierUnderTest;
    const { signal } = new AbortController();

    beforeEach(async () => {
      under = await setUp();
    });
    afterEach(async () => under.stop());

    it('tells every kind of target what happened and what to do', async () => {
      await under.notifier.tell(under.webhook, NOTICE, signal);
      await under.notifier.tell({ with: 'log' }, NOTICE, signal);

      const { event, workflowId, command } = NOTICE;
      expect(under.told()).toMatchObject([
        { event, workflowId, command },
        { event, workflowId, command },
      ]);
    });
  });
}
