/** Stops what the global set-up started. */
export default async function stopServices(): Promise<void> {
  await globalThis.closeTestServices();
}
