const CLIENTS = 8;
const PATHS = ['/api/conversations?pageSize=20', '/api/contacts/12/messages', '/api/conversations?searchValue=garcia'];

/** Requests that go on until they are stopped. */
export interface Load {
  answered: () => number;
  /** What any request got that was not a good answer. A client to whom this happened has stopped. */
  failures: string[];
  stop: () => Promise<void>;
}

/** Starts eight clients that ask one thing after the other. */
export function startLoad(get: (path: string) => Promise<Response>): Load {
  const failures: string[] = [];
  let answered = 0;
  let isOver = false;

  async function ask(turn: number): Promise<void> {
    const response = await get(PATHS[turn % PATHS.length] ?? '');
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`answered ${response.status}`);
    answered += 1;
  }

  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    try {
      for (let turn = client; !isOver; turn += 1) await ask(turn);
    } catch (error) {
      const { cause } = error as Error;
      failures.push(String(cause ?? error));
    }
  });
  return {
    failures,
    answered: () => answered,
    async stop() {
      isOver = true;
      await Promise.all(clients);
    },
  };
}
