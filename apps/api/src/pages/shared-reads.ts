/** Runs `read`, or shares its result with other requests that want the same `key`. */
export type ShareRead<Result> = (key: string, read: () => Promise<Result>) => Promise<Result>;

interface Reading<Result> {
  running: Promise<Result>;
  /** The read that those who came since `running` began wait for: it begins when that ends. */
  next: Promise<Result> | undefined;
}

/**
 * Lets requests for the same thing share reads, as a group commit shares a flush: while one is running, those that come
 * wait together for the next. A read never began before a request that it answers, so each still sees every write that
 * was committed before it. A hot page costs the database one statement at a time however many ask for it. `onShared` is
 * called for each request that another's read answers.
 */
export function createSharedReads<Result>(onShared: () => void = () => {}): ShareRead<Result> {
  const readings = new Map<string, Reading<Result>>();

  function begin(key: string, read: () => Promise<Result>): Promise<Result> {
    const running = read();
    const reading: Reading<Result> = { running, next: undefined };
    readings.set(key, reading);
    const forget = () => {
      if (!reading.next) readings.delete(key);
    };
    running.then(forget, forget);
    return running;
  }

  return (key, read) => {
    const reading = readings.get(key);
    if (!reading) return begin(key, read);
    if (reading.next) {
      onShared();
      return reading.next;
    }
    reading.next = reading.running.then(
      () => begin(key, read),
      () => begin(key, read), // why the read before failed does not concern this one
    );
    return reading.next;
  };
}
