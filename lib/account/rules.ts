/** Long enough for the rule of length and yet what everybody tries first. */
const WELL_KNOWN = new Set([
  "1234567890",
  "12345678910",
  "0123456789",
  "0987654321",
  "123123123123",
  "qwertyuiop",
  "asdfghjkl;",
  "1q2w3e4r5t",
  "1qaz2wsx3edc",
  "password12",
  "password123",
  "password1234",
  "passwordpassword",
  "iloveyou123",
  "letmein123",
  "welcome123",
  "administrator",
  "changeme123",
  "correcthorsebatterystaple",
]);

export const PASSWORD_MIN = 10;
/** bcrypt reads no further. */
export const PASSWORD_MAX_BYTES = 72;

const EMAIL = /^[^\s@<>()[\]\\,;:"]+@[^\s@.<>()[\]\\,;:"]+(\.[^\s@.<>()[\]\\,;:"]+)+$/;

/** Whether mail could be sent there, as far as its shape tells. */
export function looksLikeEmail(value: string): boolean {
  return value.length <= 254 && EMAIL.test(value);
}

/** Why a password is too weak, in words for people; null when it will do. */
export function passwordWeakness(password: string): string | null {
  if ([...password].length < PASSWORD_MIN)
    return `Use at least ${PASSWORD_MIN} characters. Three or four words make a good password.`;
  if (new TextEncoder().encode(password).byteLength > PASSWORD_MAX_BYTES)
    return `Use at most ${PASSWORD_MAX_BYTES} characters.`;
  const lower = password.toLowerCase();
  if (WELL_KNOWN.has(lower) || new Set(lower).size < 4)
    return "This is one of the first passwords that anybody would try. Choose another.";
  return null;
}

/** Whether a password is the account's own address, or the part before the @. */
export function passwordIsAddress(password: string, email: string): boolean {
  const lower = password.toLowerCase();
  return lower === email || lower === email.split("@")[0];
}
