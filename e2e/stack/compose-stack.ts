import { docker } from './docker.ts';

/** The stack of `infra/compose.yaml` under a name of its own, beside whatever else the engine runs. */
export interface ComposeStack {
  image: string;
  /** Runs `docker compose` on it. @throws after 7 minutes unless it ends, as `docker` does */
  compose: (args: string[], timeoutMs?: number) => Promise<string>;
  /** Ids of the containers of a service that run. */
  containers: (service: string) => Promise<string[]>;
  /** Where a container's API can be reached from here. */
  urlOf: (container: string) => Promise<string>;
}

/** The stack that the set-up of the run started as `project`. Starts nothing. */
export function createComposeStack(project: string): ComposeStack {
  const image = `${project}:test`;
  const env = { MESSAGING_IMAGE: image, API_PORT: '', COMPOSE_PROJECT_NAME: project };
  const compose = (args: string[], timeoutMs = 420_000) =>
    docker(['compose', '--file', 'infra/compose.yaml', ...args], { env, timeoutMs });
  return {
    image,
    compose,
    containers: async (service) => (await compose(['ps', '--quiet', service])).split('\n').filter(Boolean),
    urlOf: async (container) => `http://${(await docker(['port', container, '3000/tcp'])).split('\n')[0]}`,
  };
}
