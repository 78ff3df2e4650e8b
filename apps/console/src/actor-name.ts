const NAME = 'tidewatch.name';

/** The name under which this browser tab acknowledges and comments; empty for that of the API key. */
export function actorName(): string {
  return sessionStorage.getItem(NAME) ?? '';
}

/** Keeps the name for this tab only. */
export function keepActorName(name: string): void {
  sessionStorage.setItem(NAME, name);
}
