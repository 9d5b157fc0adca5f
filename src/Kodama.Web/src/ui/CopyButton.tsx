import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../i18n/language';

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useTexts();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <button
      type="button"
      class="button button-small"
      data-testid="copy"
      aria-label={label && `${t.copy}: ${label}`}
      onClick={async () => setCopied(await copy(text))}
    >
      <span aria-live="polite">{copied ? t.copied : t.copy}</span>
    </button>
  );
}

/** The clipboard API exists only on secure origins, and a hub on a LAN is mostly plain HTTP: there, the old way. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not permitted to this page: fall through.
    }
  }
  const focused = document.activeElement as HTMLElement | null;
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return done;
}
