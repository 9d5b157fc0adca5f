import type { Outcome, Refused } from '../../hub/actions';
import type { Texts } from '../../i18n/texts';

/** What came of something that was done, in words. */
export interface Told {
  done: boolean;
  text: string;
}

export function tell<T>(outcome: Outcome<T>, t: Texts, done: (value: T) => string): Told {
  return outcome.ok ? { done: true, text: done(outcome.value) } : { done: false, text: whyNot(outcome, t) };
}

/** The page's own words where it knows the reason, else the hub's. */
export function whyNot({ code, message }: Refused, t: Texts): string {
  switch (code) {
    case '':
      return t.unreached;
    case 'ADMIN_TOKEN_WRONG':
    case 'ADMIN_TOKEN_REQUIRED':
    case 'NO_ADMIN':
      return t.adminRefused;
    case 'NO_SUCH_PEER':
      return t.peerGone;
    case 'NO_SUCH_ROOM':
      return t.roomGone;
    case 'CONDITION_FAILED':
      return t.keyChanged;
    case 'INVALID_KEY':
      return t.keyWrong;
    default:
      return `${t.notDone} ${message || code}`;
  }
}

/** Always there, so that a screen reader hears what comes into it. */
export function ToldLine({ told, testid }: { told: Told | undefined; testid: string }) {
  return (
    <p class={told?.done === false ? 'told error' : 'told'} role="status" data-testid={testid}>
      {told && <bdi>{told.text}</bdi>}
    </p>
  );
}
