/** What an HTTP/1.1 service says before the body of its answer (RFC 9112). */
export interface AnswerHead {
  /** [100, 999]. */
  readonly status: number;
  /** Name, value, name, value ...; names in lower case; without those of the connection. */
  readonly fields: readonly string[];
  readonly body: "none" | "length" | "chunked" | "until-close";
  /** Bytes of the body, where `body` is `length`; else 0. */
  readonly length: number;
  /** How long the service keeps the connection for a next request, ms; 0: it does not; undefined: it does not say. */
  readonly keepMs: number | undefined;
}

/** Longest head that is read, bytes. */
export const MAX_HEAD_BYTES = 16_384;

/** An answer that is not what HTTP allows: its sender and we could read it differently, so nobody gets it. */
export class MalformedAnswerError extends Error {
  override readonly name = "MalformedAnswerError";
}

type Role = "message" | "connection" | "keep-alive" | "content-length" | "transfer-encoding" | "hop";

interface KnownName {
  readonly name: string;
  readonly role: Role;
}

/** Headers of one connection, not of the message (RFC 9110, 7.6.1): they end here. */
const ROLES: Readonly<Record<string, Role>> = {
  connection: "connection",
  "keep-alive": "keep-alive",
  "content-length": "content-length",
  "transfer-encoding": "transfer-encoding",
  "proxy-authenticate": "hop",
  "proxy-authorization": "hop",
  "proxy-connection": "hop",
  te: "hop",
  trailer: "hop",
  upgrade: "hop",
};

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Control characters, and a line end that is only half of one: some readers take it for one, and others do not. */
const FORBIDDEN = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |\r|$)/;
const DIGITS = /^\d{1,15}$/;
const HINT = /(?:^|[,;\s])timeout=(\d{1,6})/i;

/** Services say the same names again and again; made-up ones must not fill the memory. */
const names = new Map<string, KnownName>();
const MAX_NAMES = 512;

function knownName(text: string): KnownName {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (!TOKEN.test(text)) throw new MalformedAnswerError("a header's name is none");
  const name = text.toLowerCase();
  const made = { name, role: ROLES[name] ?? "message" };
  if (names.size < MAX_NAMES) names.set(text, made);
  return made;
}

/**
 * Reads the head of an answer.
 * @param text Latin-1 text from the status line to the end of the last header, without the empty line.
 * @param isHead The request was a HEAD, whose answer has no body.
 * @throws MalformedAnswerError where two readers could disagree: both lengths, one twice, folded lines, odd characters.
 */
export function parseAnswerHead(text: string, isHead: boolean): AnswerHead {
  if (FORBIDDEN.test(text)) throw new MalformedAnswerError("its head has characters that none may have");
  let end = lineEnd(text, 0);
  const [, minor, digits] = STATUS_LINE.exec(text) ?? [];
  if (digits === undefined) throw new MalformedAnswerError("it does not begin with a status line");
  const status = Number(digits);
  const fields: string[] = [];
  let connection: string | undefined;
  let hint: string | undefined;
  let length: string | undefined;
  let isChunked = false;
  while (end < text.length) {
    const start = end + 2;
    end = lineEnd(text, start);
    const colon = text.indexOf(":", start);
    if (colon < 0 || colon > end) throw new MalformedAnswerError("a line of its head is no header");
    const { name, role } = knownName(text.slice(start, colon));
    const value = trimmed(text, colon + 1, end);
    if (role === "message") fields.push(name, value);
    else if (role === "content-length") {
      if (length !== undefined || !DIGITS.test(value)) throw new MalformedAnswerError("its length is not one number");
      length = value;
      fields.push(name, value);
    } else if (role === "transfer-encoding") {
      if (isChunked || minor === "0" || value.toLowerCase() !== "chunked") throw new MalformedAnswerError("its transfer encoding is not known");
      isChunked = true;
    } else if (role === "connection") connection = connection === undefined ? value : `${connection},${value}`;
    else if (role === "keep-alive") hint = HINT.exec(value)?.[1];
  }
  if (isChunked && length !== undefined) throw new MalformedAnswerError("it has both a length and chunks");
  const hasBody = !isHead && status >= 200 && status !== 204 && status !== 304;
  const body = !hasBody ? "none" : isChunked ? "chunked" : length === undefined ? "until-close" : "length";
  const options = connection === undefined || connection === "keep-alive" ? undefined : connection.toLowerCase().split(",").map((option) => option.trim());
  const isKept = body !== "until-close" && !(options?.includes("close") ?? false) && (minor === "1" || connection?.toLowerCase() === "keep-alive");
  return {
    status,
    fields: options === undefined ? fields : without(fields, options),
    body,
    length: body === "length" ? Number(length) : 0,
    keepMs: isKept ? (hint === undefined ? undefined : Number(hint) * 1000) : 0,
  };
}

/** The first value of a header. @param name In lower case. */
export function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let index = 0; index < fields.length; index += 2) if (fields[index] === name) return fields[index + 1];
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\r\n", from);
  return end < 0 ? text.length : end;
}

function trimmed(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Without the headers that `Connection` declares to be of this connection only. */
function without(fields: readonly string[], options: readonly string[]): readonly string[] {
  return fields.filter((_, index) => !options.includes(fields[index & ~1] ?? ""));
}
