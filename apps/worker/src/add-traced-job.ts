import { RECENT_CONVERSATIONS } from '@messaging/db';
import type { Tracing } from '@messaging/shared';
import type { Job, JobsOptions, Queue } from 'bullmq';

/** What a job carries: the step of the trace that asked for it, where there is one. */
export interface RefreshJob {
  traceparent?: string;
}

/**
 * Adds the job of a refresh as a step of the trace that asks for it. Where one is there already that belongs to no trace,
 * as after a start, that job will do this refresh and is given the trace.
 */
export async function addTracedJob(
  queue: Pick<Queue, 'add' | 'getJob'>,
  options: JobsOptions,
  tracing: Tracing,
  parent: string,
): Promise<void> {
  await tracing.run({ name: 'queue refresh', kind: 'producer', parent }, async ({ traceparent }) => {
    const data: RefreshJob = traceparent ? { traceparent } : {};
    const { id } = await queue.add(RECENT_CONVERSATIONS, data, options);
    const job: Job<RefreshJob> | undefined = id === undefined ? undefined : await queue.getJob(id);
    if (job && traceparent && !job.data.traceparent) await job.updateData(data);
  });
}
