import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { nameOf, plain, shownDetails } from '../hub/names';
import type { Message, Payload } from '../hub/wire';
import { moment, size } from '../i18n/format';
import { language, useTexts } from '../i18n/language';
import { CopyButton } from '../ui/CopyButton';
import { Dialog, DialogFoot } from '../ui/Dialog';
import { FileView } from '../ui/FileView';
import { JsonTree, unfoldable } from '../ui/JsonTree';
import { LinkedText } from '../ui/LinkedText';
import { useStore } from '../ui/store';
import { isCut, readWhole, sizeOf } from './details';
import './details.css';

/** All that is known of one message. */
export function MessageDetails({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useTexts();
  const locale = useStore(language);
  const [whole, reading] = useWhole(message);
  const { from } = message;
  const details = from ? shownDetails(from.details) : [];

  return (
    <Dialog title="details-title" testid="message-details" class="details-dialog" onClose={onClose}>
      {close => (
        <>
          <h2 id="details-title">{t.details}</h2>
          <dl class="details">
            <Row label={t.room}>{message.room ? <bdi>{message.room}</bdi> : t.outsideRooms}</Row>
            <Row label={t.event}>
              <bdi>{plain(message.event)}</bdi>
            </Row>
            <Row label={t.author}>
              <bdi>{from ? nameOf(from) : t.hub}</bdi>
              {from && (
                <bdi class="details-more" dir="ltr">
                  {from.id}
                </bdi>
              )}
              {details.map(([key, value]) => (
                <bdi class="details-more" key={key}>
                  {key}: {value}
                </bdi>
              ))}
            </Row>
            <Row label={t.time}>{moment(message.time, locale)}</Row>
            {message.offset > 0 && (
              <Row label={t.offset}>
                {message.offset}
                <bdi class="details-more" dir="ltr">
                  {message.epoch}
                </bdi>
              </Row>
            )}
            <Row label={t.size}>
              {size(sizeOf(message.payload))}
            </Row>
          </dl>
          <Whole payload={whole.payload} />
          <p class="told" role="status" data-testid="details-note">
            {isCut(whole.payload) && (reading ? t.wholeAsked : t.wholeGone)}
          </p>
          <DialogFoot close={close} label={t.close} />
        </>
      )}
    </Dialog>
  );
}

function Row({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What it says, unfolded where it is JSON, and always as text. */
function Whole({ payload }: { payload: Payload }) {
  const t = useTexts();
  if (payload.kind === 'file') return <FileView file={payload.file} />;
  if (payload.kind === 'binary') return <FileView file={{ name: '', type: '', length: payload.length, data: payload.data }} />;
  const text = payload.kind === 'text' ? payload.text : payload.json;
  const tree = payload.cut ? undefined : unfoldable(text);
  return (
    <div class="details-payload">
      <div class="details-copy">
        <CopyButton text={text} label={t.payload} />
      </div>
      <div class="code" role="region" aria-label={t.payload} tabIndex={0} data-testid="details-payload">
        {tree ? (
          <div class="json" dir="ltr" data-testid="json">
            <JsonTree value={tree} open />
          </div>
        ) : (
          <bdi class="payload" dir="auto">
            <LinkedText text={text} />
          </bdi>
        )}
      </div>
    </div>
  );
}

/** The message with all of its payload, once it is read, where the console was told only its beginning. */
function useWhole(message: Message): [message: Message, reading: boolean] {
  const [found, setFound] = useState<Message>();
  const [reading, setReading] = useState(isCut(message.payload));
  useEffect(() => {
    if (!isCut(message.payload)) return;
    const request = new AbortController();
    void readWhole(message, request.signal).then(whole => {
      setFound(whole);
      setReading(false);
    });
    return () => request.abort();
  }, [message]);
  return [found ?? message, reading];
}
