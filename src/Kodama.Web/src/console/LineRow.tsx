import { Component } from 'preact';
import { hueOf, nameOf } from '../hub/names';
import type { Message } from '../hub/wire';
import { clock } from '../i18n/format';
import type { Language } from '../i18n/language';
import type { Texts } from '../i18n/texts';
import { PayloadText } from '../ui/PayloadText';
import type { Line } from './overview';

interface Props {
  line: Line;
  locale: Language;
  t: Texts;
  onOpen: (message: Message) => void;
}

/** One message among those of all rooms. Drawn once. */
export class LineRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.line !== this.props.line || next.t !== this.props.t;
  }

  override render({ line: { message }, locale, t, onOpen }: Props) {
    const name = message.from ? nameOf(message.from) : t.hub;
    const time = clock(message.time, locale, true);
    return (
      <div class="line" data-testid="live-message" onClick={event => isAside(event) || onOpen(message)}>
        {/* The arrows go from one to the next: two hundred stops on the way of Tab would be none. */}
        <button type="button" class="line-open" tabIndex={-1} aria-label={t.detailsOf(time, name)} data-testid="open-message">
          <time dateTime={new Date(message.time).toISOString()}>{time}</time>
        </button>
        <bdi class="line-room">{message.room}</bdi>
        <bdi class="line-from" style={{ '--hue': hueOf(name) }}>
          {name}
        </bdi>
        <div class="line-text">
          <PayloadText message={message} whole={false} />
        </div>
      </div>
    );
  }
}

/** A click that follows a link, or ends the selection of some text, opens nothing. */
function isAside({ target }: MouseEvent): boolean {
  const on = target as Element;
  return on.closest('a') !== null || (on.closest('button') === null && getSelection()?.isCollapsed === false);
}
