import type { Rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, type ReleaseEvent } from '../../lib/release';

/** Has a process release `fraud` and die after its first event of a type: nothing it sends from then on is answered. */
export async function dieAfter(here: Rehearsal, after: ReleaseEvent['type']): Promise<void> {
  const killed = new AbortController();
  const dying = here.engine('dying', {
    send: (request) => (killed.signal.aborted ? new Promise(() => undefined) : here.sandbox.connect().send(request)),
  } as Parameters<typeof here.engine>[1]);
  await here.run(
    (async () => {
      const progress = apply(dying, 'fraud');
      for (let step = await progress.next(); step.done !== true; step = await progress.next())
        if (step.value.type === after) return killed.abort();
    })(),
  );
}
