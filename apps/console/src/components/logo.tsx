/** The product's mark: two waves. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M5.5 13.5c3.5-4.5 7-4.5 10.5 0s7 4.5 10.5 0" />
      <path class="logo-echo" d="M5.5 20.5c3.5-4.5 7-4.5 10.5 0s7 4.5 10.5 0" />
    </svg>
  );
}
