import { useMemo, useState } from 'preact/hooks';
import { size } from '../i18n/format';
import { useTexts } from '../i18n/language';
import type { Message } from '../hub/wire';
import { FileView } from './FileView';
import { JsonTree, unfoldable } from './JsonTree';
import { LinkedText } from './LinkedText';

/** Shown at first of a long text. */
const preview = 400;
const previewLines = 12;

/** What a message says: always as text, whatever a stranger put into it. */
export function PayloadText({ message, whole = true }: { message: Pick<Message, 'event' | 'payload'>; whole?: boolean }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const { payload } = message;
  const text = payload.kind === 'text' ? payload.text : payload.kind === 'args' ? payload.json : '';
  const isCut = (payload.kind === 'text' || payload.kind === 'args') && payload.cut;
  const tree = useMemo(() => (whole && !isCut ? unfoldable(text) : undefined), [text, whole, isCut]);
  const event = message.event === 'message' ? null : <span class="tag">{message.event.slice(0, 64)}</span>;

  if (payload.kind === 'file') return <FileView file={payload.file} brief={!whole} />;
  if (payload.kind === 'binary')
    return (
      <span class="payload-binary">
        {event}
        {t.binary(size(payload.length))}
      </span>
    );
  if (tree && open) {
    return (
      <>
        {event}
        <div class="payload-json json" dir="ltr" data-testid="json">
          <JsonTree value={tree} open />
        </div>
        <button type="button" class="link" aria-expanded={true} data-testid="unfold" onClick={() => setOpen(false)}>
          {t.fold}
        </button>
      </>
    );
  }

  const short = open ? text : shorten(text);
  const closed = short.length < text.length;
  return (
    <>
      {event}
      <bdi class={payload.kind === 'args' ? 'payload payload-json' : 'payload'} dir="auto" data-testid="payload">
        <LinkedText text={short} />
        {closed && '…'}
      </bdi>
      {tree && (
        <button type="button" class="link" aria-expanded={false} data-testid="unfold" onClick={() => setOpen(true)}>
          {t.unfold}
        </button>
      )}
      {!tree && closed && whole && (
        <button type="button" class="link" onClick={() => setOpen(true)}>
          {t.showAll}
        </button>
      )}
      {!closed && isCut && (
        <span class="payload-note">
          {t.cut}
          {payload.kind === 'text' && payload.length > 0 && ` (${size(payload.length)})`}
        </span>
      )}
    </>
  );
}

function shorten(text: string): string {
  const lines = text.split('\n', previewLines + 1);
  const byLines = lines.length > previewLines ? lines.slice(0, previewLines).join('\n') : text;
  // By characters as people count them, so that no emoji is cut in half.
  return byLines.length > preview ? [...byLines].slice(0, preview).join('') : byLines;
}
