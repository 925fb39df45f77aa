/** Which message is at the top of what is visible of the open thread. The view sets it. */
export const visibleMessage: { current: () => number | null } = { current: () => null };
