/** One field of a stream entry; absent where the entry has none of that name. */
export function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let at = 0; at + 1 < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}

/** Fields of a stream entry by name; Redis gives them as names and values in turn. */
export function fieldsOf(fields: readonly string[]): Readonly<Record<string, string>> {
  const pairs = fields.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, fields[at + 1] ?? ""]] : []));
  return Object.fromEntries(pairs);
}
