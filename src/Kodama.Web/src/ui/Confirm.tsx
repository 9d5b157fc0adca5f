import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useTexts } from '../i18n/language';

interface Props {
  /** What it does, on the button. */
  label: string;
  /** What cannot be undone. */
  question: string;
  testid: string;
  onConfirm: () => void;
  small?: boolean;
  /** Of the button, where the label alone does not say whereof. */
  name?: string;
}

/** A button for what cannot be undone: it asks first, at its place. */
export function Confirm({ label, question, testid, onConfirm, small = false, name }: Props) {
  const t = useTexts();
  const id = useId();
  const [asking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  const size = small ? ' button-small' : '';

  useEffect(() => {
    // On the button that does nothing: whoever presses Enter twice has not been asked. And back, when it was refused.
    if (asking) cancel.current?.focus();
    else if (wasAsking.current) first.current?.focus();
    wasAsking.current = asking;
  }, [asking]);

  if (!asking) {
    return (
      <button
        ref={first}
        type="button"
        class={'button button-danger' + size}
        data-testid={testid}
        {...(name && { 'aria-label': name })}
        onClick={() => setAsking(true)}
      >
        {label}
      </button>
    );
  }
  return (
    <div class="confirm" role="group" aria-labelledby={id}>
      <p id={id}>{question}</p>
      <div class="row">
        <button
          type="button"
          class={'button button-danger' + size}
          data-testid={testid + '-yes'}
          aria-describedby={id}
          onClick={() => {
            setAsking(false);
            onConfirm();
          }}
        >
          {label}
        </button>
        <button ref={cancel} type="button" class={'button' + size} aria-describedby={id} onClick={() => setAsking(false)}>
          {t.cancel}
        </button>
      </div>
    </div>
  );
}
