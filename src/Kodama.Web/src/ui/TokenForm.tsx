import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { setToken } from '../hub/here';
import { useTexts } from '../i18n/language';

/** Asks for the hub's token, and says why where the hub said so. */
export function TokenForm({ message, onToken }: { message?: string; onToken?: () => void }) {
  const t = useTexts();
  const id = useId();
  const [typed, setTyped] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  return (
    <form
      class="token-form"
      data-testid="token-form"
      onSubmit={event => {
        event.preventDefault();
        if (!typed.trim()) return;
        setToken(typed.trim());
        onToken?.();
      }}
    >
      <p>{t.tokenLead}</p>
      <label class="label" for={id}>
        {t.token}
      </label>
      <div class="row">
        <input
          id={id}
          ref={field}
          class="input"
          type="password"
          autocomplete="off"
          aria-invalid={message !== undefined}
          aria-describedby={message === undefined ? undefined : id + '-why'}
          data-testid="token"
          value={typed}
          onInput={event => setTyped(event.currentTarget.value)}
        />
        <button type="submit" class="button button-primary">
          {t.tokenUse}
        </button>
      </div>
      {message !== undefined && (
        <p class="error" role="alert" id={id + '-why'}>
          {t.tokenRefused} <bdi>{message}</bdi>
        </p>
      )}
    </form>
  );
}
