/**
 * Waits for `promise`, but no longer than `timeoutMs`: it then resolves to `instead`, and does so when the promise
 * rejects too. For what is nice to have; the work behind the promise goes on. An answer that has arrived by then counts,
 * also where this process was too busy to read it.
 */
export async function within<Value, Instead>(
  timeoutMs: number,
  promise: Promise<Value>,
  instead: Instead,
): Promise<Value | Instead> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Instead>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, instead), timeoutMs); // sockets are read before immediates run
  });
  try {
    return await Promise.race([promise.catch(() => instead), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
