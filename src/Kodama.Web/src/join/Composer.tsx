import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../i18n/language';
import { Icon } from '../ui/Icon';
import { tab } from '../ui/memory';
import type { Session } from './Session';

/** In UTF-16 code units: far below a hub's bound for a message, and more than anyone types. */
const longestText = 16_000;

/** Whether nothing of it would be seen. */
const isBlank = (text: string) => !/[^\s\p{Cf}]/u.test(text);

/**
 * Where one writes. Takes text in any state of the connection; what cannot go out yet waits in sight. Once the seat is `closed`, the text
 * stays here instead.
 */
export function Composer({ session, closed }: { session: Session; closed: boolean }) {
  const t = useTexts();
  const files = useRef<HTMLInputElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => tab.read('draft'));

  useEffect(() => {
    // On a touch screen, focus would raise the keyboard before anyone has read the room.
    if (matchMedia('(pointer: fine)').matches) area.current?.focus();
  }, []);

  // With each key, not with the next drawing: a reload may be faster.
  const keep = (draft: string) => {
    tab.write('draft', draft);
    setText(draft);
  };
  const send = () => {
    if (isBlank(text) || closed) return;
    session.send(text.trimEnd());
    keep('');
    area.current?.focus();
  };

  const sendFiles = (chosen: FileList | null | undefined) => {
    if (!closed) for (const file of chosen ?? []) void session.sendFile(file);
  };

  return (
    <form
      class="composer"
      data-testid="composer"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <label class="visually-hidden" for="text">
        {t.write}
      </label>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={event => {
          sendFiles(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="button composer-attach"
        data-testid="attach"
        aria-label={t.attach}
        disabled={closed}
        onClick={() => files.current?.click()}
      >
        <Icon>
          <path d="m16 9.500-6 6a3.500 3.500 0 0 1-5-5l6-6a2.300 2.300 0 0 1 3.300 3.300l-6 6a1.100 1.100 0 0 1-1.600-1.600l5.500-5.500" />
        </Icon>
      </button>
      <textarea
        id="text"
        ref={area}
        class="input composer-text"
        data-testid="text"
        rows={1}
        value={text}
        placeholder={t.write}
        maxLength={longestText}
        enterkeyhint="send"
        onInput={event => keep(event.currentTarget.value)}
        onPaste={event => {
          if (!event.clipboardData?.files.length) return;
          event.preventDefault();
          sendFiles(event.clipboardData.files);
        }}
        onKeyDown={event => {
          // Enter that ends a kana conversion is not a send; Safari reports it only by its key code, 229.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="button button-primary composer-send" data-testid="send" disabled={isBlank(text) || closed}>
        <Icon line={1.8}>
          <path d="M10 16V4M4.500 9.500 10 4l5.500 5.500" />
        </Icon>
        <span>{t.send}</span>
      </button>
    </form>
  );
}
