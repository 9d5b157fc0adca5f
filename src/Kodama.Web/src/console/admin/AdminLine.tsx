import { useState } from 'preact/hooks';
import { admin, giveAdminToken, giveUpAdmin } from '../../hub/admin';
import { useTexts } from '../../i18n/language';
import { Dialog, DialogFoot } from '../../ui/Dialog';
import { useStore } from '../../ui/store';

/** What the viewer may do here, and how whoever runs the hub may do more. */
export function AdminLine() {
  const t = useTexts();
  const { state } = useStore(admin);
  const [asking, setAsking] = useState(false);

  return (
    <div class="admin-line" data-testid="admin" data-state={state}>
      {state === 'granted' && (
        <>
          <span class="tag">{t.youRunIt}</span>
          <button type="button" class="link" data-testid="give-up" onClick={giveUpAdmin}>
            {t.giveUp}
          </button>
        </>
      )}
      {state === 'none' && <span class="hint">{t.viewOnly}</span>}
      <span class="error" role="status" data-testid="admin-refused">
        {state === 'refused' && t.adminRefused}
      </span>
      {(state === 'none' || state === 'refused') && (
        <button type="button" class="link" data-testid="run" onClick={() => setAsking(true)}>
          {t.iRunIt}
        </button>
      )}
      {asking && <AdminForm onClose={() => setAsking(false)} />}
    </div>
  );
}

function AdminForm({ onClose }: { onClose: () => void }) {
  const t = useTexts();
  const [typed, setTyped] = useState('');
  return (
    <Dialog title="run-title" testid="admin-form" onClose={onClose}>
      {close => (
        <form
          onSubmit={event => {
            event.preventDefault();
            if (!typed.trim()) return;
            close();
            giveAdminToken(typed.trim());
          }}
        >
          <h2 id="run-title">{t.runTitle}</h2>
          <p>{t.runLead}</p>
          <p>{t.runLink}</p>
          <pre class="code">kodama serve{'\n'}…/kodama#admin=…</pre>
          <label class="label" for="admin-token">
            {t.adminToken}
          </label>
          <input
            id="admin-token"
            class="input"
            type="password"
            autocomplete="off"
            data-testid="admin-token"
            aria-describedby="admin-token-note"
            value={typed}
            onInput={event => setTyped(event.currentTarget.value)}
          />
          <p class="hint" id="admin-token-note">
            {t.adminTokenNote}
          </p>
          <DialogFoot close={close} label={t.cancel}>
            <button type="submit" class="button button-primary">
              {t.tokenUse}
            </button>
          </DialogFoot>
        </form>
      )}
    </Dialog>
  );
}
