/** Removes the stack with its volumes, its network and its image. */
export default async function removeStack(): Promise<void> {
  await globalThis.removeTestStack();
}
