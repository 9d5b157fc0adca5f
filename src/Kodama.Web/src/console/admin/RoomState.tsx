import { useEffect, useRef, useState } from 'preact/hooks';
import { readState, removeKey, setKey, type Outcome } from '../../hub/actions';
import { nameOf, plain } from '../../hub/names';
import type { RoomKey } from '../../hub/wire';
import { useTexts } from '../../i18n/language';
import { Confirm } from '../../ui/Confirm';
import { PayloadText } from '../../ui/PayloadText';
import { tell, ToldLine, whyNot, type Told } from './told';

const shown = 100;

/** The keys of a room: read when one looks, set and removed as they were seen. */
export function RoomState({ room }: { room: string }) {
  const t = useTexts();
  const [keys, setKeys] = useState<readonly RoomKey[]>([]);
  const [key, setKeyName] = useState('');
  const [value, setValue] = useState('');
  const [told, setTold] = useState<Told>();
  const form = useRef<HTMLFormElement>(null);
  const seen = keys.find(one => one.key === key);

  const read = async () => {
    const outcome = await readState(room);
    if (outcome.ok) setKeys(outcome.value);
    else setTold({ done: false, text: whyNot(outcome, t) });
  };
  useEffect(() => void read(), [room]);

  const focus = () => form.current?.querySelector('input')?.focus();
  const done = async (outcome: Outcome<undefined>, text: string) => {
    await read();
    setTold(tell(outcome, t, () => text));
    return outcome.ok;
  };
  const set = async () => {
    if (!(await done(await setKey(room, key, value, seen), t.keySet(plain(key))))) return;
    setKeyName('');
    setValue('');
    focus();
  };

  return (
    <section class="dialog-section" aria-labelledby="state-title" data-testid="room-state">
      <h3 id="state-title">{t.state}</h3>
      {keys.length === 0 && <p class="hint">{t.noState}</p>}
      <ul class="state-list">
        {keys.slice(0, shown).map(one => (
          <li key={one.key} data-testid="state-key">
            <div class="state-text">
              <bdi class="state-name">{plain(one.key)}</bdi>
              <div class="state-value">
                <PayloadText message={{ event: 'message', payload: one.payload }} />
              </div>
              {one.from && (
                <span class="hint">
                  <bdi>{nameOf(one.from)}</bdi>
                </span>
              )}
            </div>
            <Confirm
              label={t.remove}
              name={`${t.remove}: ${plain(one.key)}`}
              question={t.removeQuestion(plain(one.key))}
              testid="remove-key"
              onConfirm={async () => {
                await done(await removeKey(room, one), t.keyRemoved(plain(one.key)));
                focus();
              }}
              small
            />
          </li>
        ))}
      </ul>
      {keys.length > shown && <p class="hint">{t.more(keys.length - shown)}</p>}
      <form
        ref={form}
        class="state-form"
        onSubmit={event => {
          event.preventDefault();
          if (key && !seen) void set();
        }}
      >
        <input
          class="input input-small"
          data-testid="state-new-key"
          aria-label={t.key}
          placeholder={t.key}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={key}
          onInput={event => setKeyName(event.currentTarget.value)}
        />
        <input
          class="input input-small"
          data-testid="state-new-value"
          aria-label={t.value}
          placeholder={t.value}
          autocomplete="off"
          value={value}
          onInput={event => setValue(event.currentTarget.value)}
        />
        {seen ? (
          <Confirm label={t.replace} question={t.replaceQuestion(plain(key))} testid="set-key" onConfirm={() => void set()} small />
        ) : (
          <button type="submit" class="button button-small" data-testid="set-key" disabled={!key}>
            {t.set}
          </button>
        )}
      </form>
      <ToldLine told={told} testid="state-told" />
    </section>
  );
}
