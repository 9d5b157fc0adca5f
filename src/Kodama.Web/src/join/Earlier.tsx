import { useTexts } from '../i18n/language';
import type { Earlier as State } from './talk';

/** What is above the first message: more of them, or the reason that there are none. */
export function Earlier({ state, onMore }: { state: State; onMore: () => void }) {
  const t = useTexts();
  if (state === 'none') return null;
  const text = { perhaps: t.earlier, asked: t.earlierAsked, gone: t.earlierGone }[state];
  return (
    <p class="event" data-testid="earlier" data-state={state}>
      {state === 'perhaps' ? (
        <button type="button" class="link" onClick={onMore}>
          {text}
        </button>
      ) : (
        text
      )}
    </p>
  );
}
