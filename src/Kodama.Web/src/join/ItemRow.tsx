import { Component } from 'preact';
import { nameOf } from '../hub/names';
import { clock } from '../i18n/format';
import type { Language } from '../i18n/language';
import type { Texts } from '../i18n/texts';
import { Avatar } from '../ui/Avatar';
import { PayloadText } from '../ui/PayloadText';
import type { Item } from './talk';

interface Props {
  item: Item;
  /** Whether the sender's name stands above it. */
  first: boolean;
  t: Texts;
  locale: Language;
}

/** One line of the room. Items never change, so that a busy room draws only what is new. */
export class ItemRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.item !== this.props.item || next.first !== this.props.first || next.t !== this.props.t;
  }

  override render({ item, first, t, locale }: Props) {
    switch (item.kind) {
      case 'message': {
        const { message, mine } = item;
        const name = message.from ? nameOf(message.from) : t.hub;
        return (
          <article class={'message' + (mine ? ' mine' : '') + (first ? ' first' : '')} data-testid="message" data-mine={mine}>
            {first && !mine && <Avatar name={name} />}
            <header class={first ? 'message-head' : 'visually-hidden'}>
              <bdi class={mine ? 'visually-hidden' : 'message-name'}>{mine ? t.you : name}</bdi>
              <time dateTime={new Date(message.time).toISOString()}>{clock(message.time, locale)}</time>
            </header>
            <div class="bubble">
              <PayloadText message={message} />
            </div>
          </article>
        );
      }
      case 'presence': {
        const names = item.names.join(locale === 'ja' ? '、' : ', ');
        const others = item.count - item.names.length;
        const who = others > 0 ? t.andOthers(names, others) : names;
        return (
          <p class="event" data-testid="presence">
            <bdi>{item.way === 'join' ? t.joined(who) : t.left(who)}</bdi>
          </p>
        );
      }
      case 'gap':
        return (
          <p class="event event-warning" data-testid="gap">
            {t.gap}
          </p>
        );
    }
  }
}
