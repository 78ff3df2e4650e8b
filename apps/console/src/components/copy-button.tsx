import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.js';

/** Puts `text` on the clipboard and says whether that worked. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [outcome, setOutcome] = useState<'' | 'Copied' | 'Press Ctrl+C'>('');
  useEffect(() => {
    const timer = outcome === '' ? undefined : window.setTimeout(() => setOutcome(''), 2_000);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('Copied');
    } catch {
      // Browsers refuse the clipboard on plain http from another machine.
      setOutcome('Press Ctrl+C');
    }
  };
  return (
    <button type="button" class="button copy-button" onClick={() => void copy()} aria-label={`Copy ${what}`}>
      <Icon name={outcome === 'Copied' ? 'ok' : 'copy'} />
      <span aria-live="polite">{outcome === '' ? 'Copy' : outcome}</span>
    </button>
  );
}
