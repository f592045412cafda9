/** Words by which people call secrets. */
const SECRET_NAME = /(PASS(WORD|WD|PHRASE)?|SECRETS?|TOKEN|CREDENTIALS?|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)(_|$)/i;

/** Names that say where a secret lies, not what it is; their values have to be paths. */
const PATH_NAME = /_(FILE|DIR|PATH)$/i;

const SECRET_VALUES: readonly { readonly pattern: RegExp; readonly kind: string }[] = [
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/, kind: "a private key" },
  { pattern: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/, kind: "a signed token" },
  { pattern: /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i, kind: "an address with a password" },
];

/** As our generated secrets are: a long run of letters and digits of every kind. Hex, as in hashes, is none. */
function looksGenerated(value: string): boolean {
  return [...value.matchAll(/[A-Za-z0-9+/_-]{20,}/g)].some(
    ([run]) => /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run) && !/[/_-]/.test(run),
  );
}

/** What kind of secret a value looks like, never the value itself; undefined: none. */
export function secretKind(value: string): string | undefined {
  return SECRET_VALUES.find(({ pattern }) => pattern.test(value))?.kind ?? (looksGenerated(value) ? "a generated secret" : undefined);
}

/** Its name says that it holds a secret, and not where one lies. */
export function isSecretName(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && !(PATH_NAME.test(name) && value.startsWith("/"));
}
