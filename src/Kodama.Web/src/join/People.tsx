import { nameOf, shownDetails } from '../hub/names';
import { useTexts } from '../i18n/language';
import { Avatar } from '../ui/Avatar';
import type { Talk } from './talk';

const shown = 200;

export function People({ talk, open, onClose }: { talk: Talk; open: boolean; onClose: () => void }) {
  const t = useTexts();
  const people = [...talk.peers.values()].map(peer => ({ peer, name: nameOf(peer), me: peer.id === talk.me }));
  people.sort((a, b) => Number(b.me) - Number(a.me) || a.name.localeCompare(b.name));

  return (
    <aside
      id="people"
      class="people"
      data-open={open}
      data-testid="people"
      aria-labelledby="people-title"
      onKeyDown={event => event.key === 'Escape' && onClose()}
    >
      <h2 id="people-title">{t.people(people.length)}</h2>
      <ul>
        {people.slice(0, shown).map(({ peer, name, me }) => (
          <li key={peer.id} class="person" data-testid="person">
            <Avatar name={name} />
            <span class="person-text">
              <span class="person-name">
                <bdi>{name}</bdi>
                {me && <span class="tag">{t.you}</span>}
              </span>
              <bdi class="person-details">
                {shownDetails(peer.details)
                  .map(([key, value]) => `${key}: ${value}`)
                  .join(', ') || peer.door}
              </bdi>
            </span>
          </li>
        ))}
      </ul>
      {people.length > shown && <p class="hint">{t.more(people.length - shown)}</p>}
    </aside>
  );
}
