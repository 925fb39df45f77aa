/**
 * Waits for `promise` for at most `timeoutMs`. After that, or if the promise rejects, it resolves to `instead`. For
 * optional data; the work behind the promise continues. A response that has arrived in time counts, even if this
 * process was too busy to read it.
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
