import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { language, useTexts } from '../i18n/language';
import { useStore } from '../ui/store';
import { Earlier } from './Earlier';
import { ItemRow } from './ItemRow';
import { OutgoingList } from './OutgoingList';
import type { Session } from './Session';
import { mayHaveEarlier, type Item, type Talk } from './talk';

/** Pixels from the end within which a reader is at the end. */
const nearEnd = 80;
/** Pixels from the top within which earlier messages are asked for. */
const nearTop = 200;
/** Messages of one peer within this many milliseconds stand under one name. */
const groupSpan = 180_000;

export function MessageList({ talk, session }: { talk: Talk; session: Session }) {
  const t = useTexts();
  const locale = useStore(language);
  const scroller = useRef<HTMLDivElement>(null);
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const anchor = useRef<{ row: HTMLElement; top: number } | null>(null);
  const [unread, setUnread] = useState(false);

  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
    setUnread(false);
  };

  const newest = talk.items.at(-1)?.key;
  const written = talk.outgoing.at(-1)?.key;
  // Earlier messages push the others down, those that are dropped pull them up: what one reads stays where it is.
  const hold = () => {
    const held = anchor.current;
    if (held?.row.isConnected && !atEnd.current) scroller.current!.scrollTop += held.row.offsetTop - held.top;
    const row = log.current!.lastElementChild as HTMLElement | null;
    anchor.current = row && { row, top: row.offsetTop };
  };
  useLayoutEffect(() => {
    const element = scroller.current!;
    hold();
    if (element.scrollTop < nearTop && (!atEnd.current || element.scrollHeight <= element.clientHeight)) void session.recall();
  }, [talk.items, session]);
  // What a person writes themself is always brought into sight.
  useLayoutEffect(toEnd, [written]);
  useLayoutEffect(() => {
    if (!atEnd.current) setUnread(true);
  }, [newest]);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [talk.items, talk.outgoing]);
  // The keyboard of a phone takes height away: stay at the end.
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);

  return (
    <div class="messages-frame">
      <div
        ref={scroller}
        class="messages"
        tabIndex={0}
        role="region"
        aria-label={t.messages}
        onLoadCapture={() => {
          // An image has got its height.
          hold();
          if (atEnd.current) toEnd();
        }}
        onScroll={event => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < nearEnd;
          if (atEnd.current) setUnread(false);
          if (scrollTop < nearTop) void session.recall();
        }}
      >
        {talk.items.length === 0 && talk.outgoing.length === 0 && <p class="empty">{t.silence}</p>}
        {mayHaveEarlier(talk) && <Earlier state={talk.earlier} onMore={() => void session.recall()} />}
        <div ref={log} role="log" aria-live="polite" aria-relevant="additions" data-testid="messages">
          {talk.items.map((item, index) => (
            <ItemRow key={item.key} item={item} first={!follows(talk.items[index - 1], item)} t={t} locale={locale} />
          ))}
        </div>
        <OutgoingList outgoing={talk.outgoing} session={session} />
      </div>
      {unread && (
        <button type="button" class="button unread" data-testid="new-messages" onClick={toEnd}>
          {t.newMessages} <span aria-hidden="true">↓</span>
        </button>
      )}
    </div>
  );
}

function follows(before: Item | undefined, item: Item): boolean {
  return (
    before?.kind === 'message' &&
    item.kind === 'message' &&
    before.message.from?.id === item.message.from?.id &&
    item.message.time - before.message.time < groupSpan
  );
}
