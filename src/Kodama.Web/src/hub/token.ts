/** A person's token (docs/specs/tokens.md): a JSON Web Token of HS256, two JSON objects and a signature of 32 bytes in base64url. */
export function isPersonal(token: string): boolean {
  return /^e[wy][\w-]+\.e[wy][\w-]+\.[\w-]{43}$/.test(token);
}

/** What may go into an invitation: the hub's own token, which is the same for all. Who came by a person's would be that person. */
export function inviteToken(token: string, isRequired: boolean): string {
  return isRequired && !isPersonal(token) ? token : '';
}
