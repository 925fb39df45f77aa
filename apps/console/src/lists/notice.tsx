import type { ComponentChildren, JSX } from 'preact';

/** What stands in the place of a list that is empty, being loaded, or could not be loaded. */
export function Notice({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <p class="notice" role="status">
      {children}
    </p>
  );
}

/** An error, and a button that tries again. */
export function Failure({ message, onRetry }: { message: string; onRetry?: () => void }): JSX.Element {
  return (
    <div class="notice failure" role="alert">
      <p>{message}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
