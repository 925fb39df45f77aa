import { collectDefaultMetrics, Registry } from 'prom-client';

/** What a process tells Prometheus. */
export interface Metrics {
  /** Where the process registers its own metrics, each named `messaging_…`. */
  registry: Registry;
  /** The answer to a scrape: its media type and its text. Never rejects because a dependency is away. */
  scrape: () => Promise<{ contentType: string; text: string }>;
}

/**
 * Creates a registry of one's own, with what prom-client knows of the process under the names that every dashboard
 * expects (`process_…`, `nodejs_…`). `observe` runs before each scrape and sets what is looked up rather than counted;
 * it has to bound its own time.
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
