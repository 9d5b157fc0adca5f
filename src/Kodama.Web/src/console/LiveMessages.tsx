import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { nameOf } from '../hub/names';
import type { Message, Payload, Room } from '../hub/wire';
import { language, useTexts } from '../i18n/language';
import { useStore } from '../ui/store';
import { LineRow } from './LineRow';
import { MessageDetails } from './MessageDetails';
import type { Line } from './overview';
import { RoomSelect } from './RoomSelect';
import './live.css';

/** Drawn at once; a filter still looks through all that are kept. */
const shown = 200;

interface Props {
  lines: readonly Line[];
  rooms: ReadonlyMap<string, Room>;
  missed: number;
  room: string;
  onRoom: (name: string) => void;
}

export function LiveMessages({ lines, rooms, missed, room, onRoom }: Props) {
  const t = useTexts();
  const locale = useStore(language);
  const [text, setText] = useState('');
  const [paused, setPaused] = useState<readonly Line[] | null>(null);
  const [open, setOpen] = useState<Message>();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const source = paused ?? lines;
  const matching = useMemo(() => source.filter(line => matches(line.message, room, text)).slice(-shown), [source, room, text]);
  const later = paused ? (lines.at(-1)?.key ?? 0) - (paused.at(-1)?.key ?? 0) : 0;

  useLayoutEffect(() => {
    if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [matching]);
  useEffect(() => {
    atEnd.current = true;
  }, [room, text]);

  return (
    <section class="panel live" aria-labelledby="live-title">
      <div class="panel-head">
        <h2 id="live-title">{t.liveMessages}</h2>
        <div class="live-tools">
          <RoomSelect rooms={rooms} room={room} all={t.allRooms} label={t.room} testid="filter-room" onRoom={onRoom} />
          <input
            type="search"
            class="input input-small"
            data-testid="filter-messages"
            aria-label={t.filterText}
            placeholder={t.filterText}
            value={text}
            onInput={event => setText(event.currentTarget.value)}
          />
          <button
            type="button"
            class="button button-small"
            data-testid="pause"
            aria-pressed={paused !== null}
            onClick={() => setPaused(paused ? null : lines)}
          >
            {paused ? t.resume : t.pause}
          </button>
        </div>
      </div>
      <div
        ref={scroller}
        class="live-lines"
        role="log"
        aria-live="off"
        aria-labelledby="live-title"
        aria-describedby="live-keys"
        tabIndex={0}
        onKeyDown={event => goByKey(event, scroller.current!)}
        data-testid="live-messages"
        onScroll={event => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        {matching.length === 0 && <p class="empty">{source.length === 0 ? t.noMessages : t.noMatch}</p>}
        {matching.map(line => (
          <LineRow key={line.key} line={line} locale={locale} t={t} onOpen={setOpen} />
        ))}
      </div>
      <p id="live-keys" class="visually-hidden">
        {t.liveKeys}
      </p>
      {open && <MessageDetails message={open} onClose={() => setOpen(undefined)} />}
      {(paused || missed > 0) && (
        <p class="live-note hint">
          {paused && t.pausedWith(later)}
          {paused && missed > 0 && ' · '}
          {missed > 0 && t.missed(missed)}
        </p>
      )}
    </section>
  );
}

/** From message to message by the arrows, the newest first. */
function goByKey(event: KeyboardEvent, list: HTMLElement): void {
  const all = [...list.querySelectorAll<HTMLElement>('.line-open')];
  const now = all.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowUp: now < 0 ? all.length - 1 : now - 1, ArrowDown: now < 0 ? all.length - 1 : now + 1, Home: 0, End: all.length - 1 }[
    event.key
  ];
  if (next === undefined) return;
  event.preventDefault();
  all[next]?.focus();
}

function matches(message: Message, room: string, text: string): boolean {
  if (room !== '' && message.room !== room) return false;
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const words = [wordsOf(message.payload), message.event, message.from ? nameOf(message.from) : ''];
  return words.some(value => value.toLowerCase().includes(wanted));
}

function wordsOf(payload: Payload): string {
  switch (payload.kind) {
    case 'text':
      return payload.text;
    case 'args':
      return payload.json;
    case 'file':
      return payload.file.name;
    case 'binary':
      return '';
  }
}
