// The key lives as long as the tab: closing it is signing out.
const KEY_ITEM = 'tidewatch.apiKey';

/** The API key of this tab; empty when none was given. */
export function apiKey(): string {
  return sessionStorage.getItem(KEY_ITEM) ?? '';
}

/** Keeps the API key for this tab. */
export function keepApiKey(key: string): void {
  sessionStorage.setItem(KEY_ITEM, key);
}
