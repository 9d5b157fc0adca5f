import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './dialog.css';

interface Props {
  /** The id of its heading. */
  title: string;
  testid: string;
  onClose: () => void;
  /** Gets what closes it, so that the focus goes back to where it was. */
  children: (close: () => void) => ComponentChildren;
  class?: string;
}

/** Over the page, until it is closed: by its own button, by Escape or by a click beside it. */
export function Dialog({ title, testid, onClose, children, class: name = '' }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before anybody sees it: an Escape that comes between would close nothing.
  useLayoutEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog
      ref={dialog}
      class={`card dialog ${name}`}
      aria-labelledby={title}
      data-testid={testid}
      onClose={onClose}
      onMouseDown={event => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="dialog-body">{children(() => dialog.current?.close())}</div>
    </dialog>
  );
}

interface FootProps {
  close: () => void;
  /** Of the button that closes it. */
  label: string;
  /** Buttons behind it. */
  children?: ComponentChildren;
}

/** The last line of a dialog. */
export function DialogFoot({ close, label, children }: FootProps) {
  return (
    <div class="dialog-foot">
      <button type="button" class="button" onClick={close}>
        {label}
      </button>
      {children}
    </div>
  );
}
