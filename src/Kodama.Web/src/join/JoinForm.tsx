import { useEffect, useState } from 'preact/hooks';
import { Mark } from '../app/Mark';
import { hub, invitedRoom, ownName, pageBase, setToken, token, urls } from '../hub/here';
import { decodeError, decodeRooms, type Room } from '../hub/wire';
import { plain } from '../hub/names';
import { longestRoomName, roomName, Urls } from '../hub/urls';
import { useTexts } from '../i18n/language';
import { useStore } from '../ui/store';
import { enter } from './seat';
import './join.css';

const shownRooms = 8;

export function JoinForm() {
  const t = useTexts();
  const info = useStore(hub);
  const key = useStore(token);
  const needsToken = info?.tokenRequired === true && key === '';
  const rooms = useOpenRooms(key, info !== null && !needsToken);
  const defaultRoom = info?.defaultRoom ?? 'lobby';
  const [name, setName] = useState(ownName.value);
  const [room, setRoom] = useState(invitedRoom);
  const [secret, setSecret] = useState('');
  const [error, setError] = useState<'name' | 'room' | 'token' | null>(null);
  const [refusal, setRefusal] = useState<string>();

  const submit = async (event: Event) => {
    event.preventDefault();
    const chosenName = plain(name);
    const chosenRoom = roomName(room || defaultRoom);
    if (chosenName === '') return setError('name');
    if (chosenRoom === null) return setError('room');
    if (needsToken) {
      // Where it was typed it can be mended: a refusal in the room would come too late.
      const why = secret.trim() && (await refusalOf(secret.trim(), defaultRoom));
      if (why !== undefined) {
        setRefusal(why);
        return setError('token');
      }
      setToken(secret.trim());
    }
    enter(chosenName, chosenRoom);
  };

  return (
    <div class="welcome">
      <form class="card join-form" data-testid="join-form" onSubmit={submit} noValidate>
        <Mark />
        <p class="eyebrow">
          <bdi>{info?.name || 'Kodama'}</bdi>
        </p>
        <h1>{t.joinTitle}</h1>
        <p class="lead">{t.joinLead}</p>

        <label class="label" for="name">
          {t.yourName}
        </label>
        <input
          id="name"
          class="input"
          data-testid="name"
          value={name}
          placeholder={t.yourNamePlaceholder}
          maxLength={40}
          autocomplete="nickname"
          autocapitalize="words"
          enterkeyhint="go"
          aria-invalid={error === 'name'}
          aria-describedby={error === 'name' ? 'join-error' : undefined}
          onInput={event => setName(event.currentTarget.value)}
        />

        <label class="label" for="room">
          {t.room}
        </label>
        <input
          id="room"
          class="input"
          data-testid="room"
          value={room}
          placeholder={defaultRoom}
          maxLength={longestRoomName}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          enterkeyhint="go"
          aria-invalid={error === 'room'}
          aria-describedby={error === 'room' ? 'join-error' : undefined}
          onInput={event => setRoom(event.currentTarget.value)}
        />
        {rooms.length > 0 && (
          <div class="chips" role="group" aria-label={t.roomsNow}>
            {rooms.slice(0, shownRooms).map(open => (
              <button
                key={open.name}
                type="button"
                class="chip"
                aria-pressed={open.name === (room || defaultRoom)}
                onClick={() => setRoom(open.name)}
              >
                <bdi>{open.name}</bdi>
                <span class="chip-count" aria-label={t.roomPeers(open.peers)}>
                  {open.peers}
                </span>
              </button>
            ))}
          </div>
        )}

        {needsToken && (
          <>
            <label class="label" for="join-token">
              {t.token}
            </label>
            <input
              id="join-token"
              class="input"
              type="password"
              data-testid="token"
              autocomplete="off"
              aria-invalid={error === 'token'}
              aria-describedby={error === 'token' ? 'join-error' : 'join-token-why'}
              value={secret}
              onInput={event => {
                setSecret(event.currentTarget.value);
                if (error === 'token') setError(null);
              }}
            />
            <p class="hint" id="join-token-why">
              {t.tokenLead}
            </p>
          </>
        )}

        <p class="error" id="join-error" role="alert">
          {error === 'name' && t.nameMissing}
          {error === 'room' && t.roomWrong}
          {error === 'token' && !refusal && t.tokenMissing}
          {error === 'token' && refusal && (
            <>
              {t.tokenRefused} <bdi>{refusal}</bdi>
            </>
          )}
        </p>
        <button type="submit" class="button button-primary button-wide" data-testid="enter">
          {t.enter}
        </button>
      </form>
    </div>
  );
}

/** What the hub says of a token that it does not accept; undefined of one that it accepts, or when it cannot be asked now. */
async function refusalOf(secret: string, defaultRoom: string): Promise<string | undefined> {
  const answer = await fetch(new Urls(pageBase(), defaultRoom, secret).api('rooms'), { cache: 'no-store' }).catch(() => undefined);
  if (answer?.status !== 401 && answer?.status !== 403) return undefined;
  const { code, message } = decodeError(await answer.json().catch(() => undefined));
  return code === 'AUTHENTICATION_FAILED' ? message : undefined;
}

/** The rooms to choose from, fullest first; none where the hub will not say. */
function useOpenRooms(key: string, may: boolean): readonly Room[] {
  const [rooms, setRooms] = useState<readonly Room[]>([]);
  useEffect(() => {
    if (!may) return;
    const request = new AbortController();
    fetch(urls().api('rooms'), { signal: request.signal, cache: 'no-store' })
      .then(async answer => {
        if (answer.ok) setRooms(decodeRooms(await answer.json()).sort((a, b) => b.peers - a.peers));
      })
      .catch(() => undefined);
    return () => request.abort();
  }, [key, may]);
  return rooms;
}
