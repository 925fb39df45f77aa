/** One event as it arrived. */
export interface StreamedEvent {
  event: string;
  id: string | undefined;
  data: unknown;
}

/** A stream of events that a test reads one by one. */
export interface EventReader {
  /** The next event, or undefined at the end of the stream. Heartbeats are passed over unless they are asked for. */
  next: (options?: { heartbeats: boolean }) => Promise<StreamedEvent | undefined>;
  response: Response;
  close: () => void;
}

/** Opens a stream of events. The caller closes it. */
export async function openEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const controller = new AbortController();
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: controller.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  const nextBlock = async (): Promise<string | undefined> => {
    for (;;) {
      const end = buffered.indexOf('\n\n');
      if (end >= 0) {
        const block = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        return block;
      }
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return undefined;
      buffered += value;
    }
  };
  return {
    response,
    close: () => controller.abort(),
    async next({ heartbeats } = { heartbeats: false }) {
      for (;;) {
        const block = await nextBlock();
        if (block === undefined) return undefined;
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
        if (fields.event === undefined || (fields.event === 'heartbeat' && !heartbeats)) continue;
        return { event: fields.event, id: fields.id, data: JSON.parse(fields.data) };
      }
    },
  };
}
