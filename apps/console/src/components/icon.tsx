/** The page's pictograms, drawn on a 16-unit grid with the text's colour. */
export type IconName =
  | 'page'
  | 'ticket'
  | 'ok'
  | 'watch'
  | 'no-data'
  | 'error'
  | 'drift'
  | 'pending'
  | 'copy'
  | 'book'
  | 'retry'
  | 'key'
  | 'offline'
  | 'chevron'
  | 'quiet'
  | 'person'
  | 'drill'
  | 'send';

const PATHS: Readonly<Record<IconName, string>> = {
  page: 'M8 1.8 14.6 13.4H1.4Z M8 6.2v3.2 M8 11.35v.1',
  ticket: 'M2 4.5h12v2.2a1.3 1.3 0 0 0 0 2.6v2.2H2V9.3a1.3 1.3 0 0 0 0-2.6Z M9.7 4.5v7',
  ok: 'M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z M5.2 8.2l2 2 3.7-4',
  watch:
    'M1.3 8S3.7 3.6 8 3.6 14.7 8 14.7 8 12.3 12.4 8 12.4 1.3 8 1.3 8Z M9.8 8a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0Z',
  'no-data':
    'M4.2 3.1A6.2 6.2 0 0 1 8 1.8 M11.2 2.7A6.2 6.2 0 0 1 14 6.3 M14 9.7a6.2 6.2 0 0 1-2.8 3.6 M8 14.2a6.2 6.2 0 0 1-3.8-1.3 M2.2 10.2a6.2 6.2 0 0 1 0-4.4 M5.5 8h5',
  error: 'M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4Z M6 6l4 4 M10 6l-4 4',
  drift: 'M1.5 11.5c2.5 0 2.5-7 5-7s2.5 7 5 7 M9 4.5c2.7 0 2.7 7 5.5 7',
  pending: 'M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z M8 4.5V8l2.3 1.5',
  copy: 'M6 5.5h7.5v8H6Z M10.5 5.5v-3h-8v8.5H6',
  book: 'M8 3.8C6.5 2.7 4.5 2.4 2 2.5v9.7c2.5-.1 4.5.2 6 1.3 1.5-1.1 3.5-1.4 6-1.3V2.5c-2.5-.1-4.5.2-6 1.3Z M8 3.8v9.7',
  retry: 'M13.5 8a5.5 5.5 0 1 1-1.8-4.1 M13.7 1.7v3.1h-3.1',
  key: 'M9.3 10.3a3.9 3.9 0 1 0-3.6-3.6L1.8 10.6v3.6h3.4v-2h2v-2h1.5Z M10.8 5.2v.01',
  offline:
    'M1.8 1.8l12.4 12.4 M1.5 6.4A10 10 0 0 1 4.3 4.6 M7 3.6a10 10 0 0 1 7.5 2.8 M4 9.1a6.3 6.3 0 0 1 2.9-1.7 M10.3 7.9A6.3 6.3 0 0 1 12 9.1 M8 12.4v.1',
  chevron: 'M5.5 3.5 10 8l-4.5 4.5',
  quiet:
    'M5.3 4.4A3.6 3.6 0 0 1 11.6 6.8c0 2 .4 3.2 1.2 4.2 M11 11.4H3.2c.8-1 1.2-2.4 1.2-4.6 M6.6 13.6a1.6 1.6 0 0 0 2.8 0 M2 2l12 12',
  person: 'M10.8 5a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0Z M2.8 13.8c.6-2.6 2.6-4 5.2-4s4.6 1.4 5.2 4',
  drill: 'M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z M8 7.95v.1',
  send: 'M2 7.6 14 2.4 10.9 13.6 7.4 9.2Z M14 2.4 7.4 9.2',
};

/** A pictogram beside a word. It is hidden from assistive technology: the word says the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
