import { useState } from 'preact/hooks';
import { useTexts } from '../i18n/language';

/** Members shown of one object or array: whoever sends ten thousand must not stop the page. */
const shown = 200;
const longest = 1000;

/** An object or array that a text or arguments are; undefined of everything else. */
export function unfoldable(json: string): object | undefined {
  if (!/^\s*[[{]/.test(json)) return undefined;
  try {
    return JSON.parse(json) as object;
  } catch {
    return undefined;
  }
}

/** A value of JSON, unfolded one level at a time. */
export function JsonTree({ value, name, open = false }: { value: unknown; name?: string; open?: boolean }) {
  const t = useTexts();
  const [isOpen, setOpen] = useState(open);
  const label = name !== undefined && <span class="json-name">{cut(name)}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <>
        {label}
        {cut(JSON.stringify(value))}
      </>
    );
  }

  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const [opening, closing] = isList ? ['[', ']'] : ['{', '}'];
  return (
    <details open={isOpen} onToggle={event => event.target === event.currentTarget && setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        {isOpen ? opening : `${opening}${members.length}${closing}`}
      </summary>
      {isOpen && (
        <ul>
          {members.slice(0, shown).map(([key, member]) => (
            <li key={key}>{isList ? <JsonTree value={member} /> : <JsonTree name={key} value={member} />}</li>
          ))}
          {members.length > shown && <li>{t.more(members.length - shown)}</li>}
        </ul>
      )}
    </details>
  );
}

function cut(text: string): string {
  return text.length > longest ? text.slice(0, longest) + '…' : text;
}
