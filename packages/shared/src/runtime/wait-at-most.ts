/**
 * Waits for `promise`, at most `timeoutMs`. Resolves to `fallback` after that time, and when the promise rejects. The work
 * behind the promise continues. A response that has arrived by then counts, even if this process was too busy to read it.
 */
export async function waitAtMost<Value, Fallback>(
  timeoutMs: number,
  promise: Promise<Value>,
  fallback: Fallback,
): Promise<Value | Fallback> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Fallback>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, fallback), timeoutMs); // sockets are read before immediates run
  });
  try {
    return await Promise.race([promise.catch(() => fallback), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
