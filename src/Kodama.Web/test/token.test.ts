import { expect, test } from 'vitest';
import { inviteToken, isPersonal } from '../src/hub/token';

// Compact, as `kodama token create` makes it, and as a server whose JSON has spaces does.
test.each([
  'eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIzZjljMjFkMGE0YjciLCJuYW1lIjoiQW5uYSJ9.COzkNOfqlwwULbAeVpXgwNEvPNQjjw4OtCTPT4qIzCk',
  'ewogICJhbGciOiAiSFMyNTYiCn0.ewogICJqdGkiOiAiYSIsCiAgIm5hbWUiOiAi44KG44GEIgp9.SV_vQ_YjUzQJYRh1R7-Lah7VTwwSrQgWtDg2wcB8YRs',
])(
  'Invite_WithThePersonalToken %s_GivesItToNobody',
  token => {
    expect(isPersonal(token)).toBe(true);
    expect(inviteToken(token, true)).toBe('');
  },
);

test.each(['open-sesame', 'eyes.everywhere.here', 'a.b.c', ''])('Invite_WithTheHubsToken %j_HasIt', token => {
  expect(isPersonal(token)).toBe(false);
  expect(inviteToken(token, true)).toBe(token);
});

test('Invite_HubAsksForNone_HasNone', () => {
  expect(inviteToken('of-something-else', false)).toBe('');
});
