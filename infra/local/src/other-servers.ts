/**
 * Removes from `env`, in place, what PostgreSQL's clients read there: it is meant for servers of the user's, and
 * node-postgres would use it for ours (`PGSSLMODE`, `PGOPTIONS` and so on). It reads the environment of its own process.
 */
export function forgetOtherServers(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (/^PG[A-Z]/.test(name)) delete env[name];
}
