import { Component } from 'preact';
import { hueOf, nameOf } from '../hub/names';
import { clock } from '../i18n/format';
import type { Language } from '../i18n/language';
import type { Texts } from '../i18n/texts';
import { PayloadText } from '../ui/PayloadText';
import type { Line } from './overview';

interface Props {
  line: Line;
  locale: Language;
  t: Texts;
}

/** One message among those of all rooms. Drawn once. */
export class LineRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.line !== this.props.line || next.t !== this.props.t;
  }

  override render({ line: { message }, locale, t }: Props) {
    const name = message.from ? nameOf(message.from) : t.hub;
    return (
      <div class="line" data-testid="live-message">
        <time dateTime={new Date(message.time).toISOString()}>{clock(message.time, locale, true)}</time>
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
