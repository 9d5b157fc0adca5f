import { useTexts } from '../i18n/language';
import { Avatar } from '../ui/Avatar';
import type { Person } from './people';

const shown = 200;

export function People({ people, open, onClose }: { people: readonly Person[]; open: boolean; onClose: () => void }) {
  const t = useTexts();

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
        {people.slice(0, shown).map(({ id, name, me, details }) => (
          <li key={id} class="person" data-testid="person">
            <Avatar name={name} />
            <span class="person-text">
              <span class="person-name">
                <bdi>{name}</bdi>
                {me && <span class="tag">{t.you}</span>}
              </span>
              {details.length > 0 && <bdi class="person-details">{details.map(([key, value]) => `${key}: ${value}`).join(', ')}</bdi>}
            </span>
          </li>
        ))}
      </ul>
      {people.length > shown && <p class="hint">{t.more(people.length - shown)}</p>}
    </aside>
  );
}
