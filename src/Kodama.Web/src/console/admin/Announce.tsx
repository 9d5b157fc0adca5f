import { useRef, useState } from 'preact/hooks';
import { announce, say } from '../../hub/actions';
import type { Room } from '../../hub/wire';
import { useTexts } from '../../i18n/language';
import { Confirm } from '../../ui/Confirm';
import { RoomSelect } from '../RoomSelect';
import { tell, ToldLine, type Told } from './told';

interface Props {
  rooms: ReadonlyMap<string, Room>;
  /** How many everybody is. */
  peers: number;
  /** The room that is looked at; empty for all. */
  room: string;
}

/** Something said by the hub itself, in a room or to everybody. */
export function Announce({ rooms, peers, room }: Props) {
  const t = useTexts();
  const [chosen, setChosen] = useState<string>();
  const [text, setText] = useState('');
  const [told, setTold] = useState<Told>();
  const field = useRef<HTMLInputElement>(null);
  // Who looks at a room speaks to it, unless another is chosen.
  const target = chosen ?? room;

  const send = async () => {
    const outcome = await (target ? say(target, text) : announce(text));
    setTold(tell(outcome, t, t.announced));
    if (!outcome.ok) return;
    setText('');
    field.current?.focus();
  };

  return (
    <section class="panel announce" aria-labelledby="announce-title" data-testid="announce">
      <div class="panel-head">
        <h2 id="announce-title">{t.announce}</h2>
        <span class="hint">{t.announceLead}</span>
      </div>
      <form
        class="announce-form"
        onSubmit={event => {
          event.preventDefault();
          if (!text.trim()) return;
          if (target) void send();
          else event.currentTarget.querySelector<HTMLElement>('[data-testid=announce-send]')?.click();
        }}
      >
        <RoomSelect
          rooms={rooms}
          room={target}
          all={t.everybody}
          label={t.announceTo}
          testid="announce-to"
          onRoom={setChosen}
        />
        <input
          ref={field}
          class="input input-small"
          data-testid="announce-text"
          aria-label={t.write}
          placeholder={t.write}
          autocomplete="off"
          enterkeyhint="send"
          value={text}
          onInput={event => {
            setText(event.currentTarget.value);
            setTold(undefined);
          }}
        />
        {target || !text.trim() ? (
          <button type="submit" class="button button-small" data-testid="announce-send" disabled={!text.trim()}>
            {t.send}
          </button>
        ) : (
          <Confirm
            key="everybody"
            label={t.send}
            question={t.announceQuestion(peers)}
            testid="announce-send"
            onConfirm={() => void send()}
            small
          />
        )}
      </form>
      <ToldLine told={told} testid="announce-told" />
    </section>
  );
}
