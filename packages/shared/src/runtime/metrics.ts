import { collectDefaultMetrics, Registry } from 'prom-client';

/** The Prometheus metrics of a process. */
export interface Metrics {
  /** Where the process registers its own metrics, each named `messaging_…`. */
  registry: Registry;
  /** The response to a scrape: its media type and its text. Does not reject if a dependency is unavailable. */
  scrape: () => Promise<{ contentType: string; text: string }>;
}

/**
 * Creates a separate registry with prom-client's metrics of the process, under their usual names (`process_…`,
 * `nodejs_…`). `observe` runs before each scrape and sets the metrics that are read rather than counted. It must limit
 * its own duration.
 */
export function createMetrics(observe: () => Promise<void> = async () => {}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    async scrape() {
      await observe();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
