/** Fields of a stream entry by name; Redis gives them as names and values in turn. */
export function fieldsOf(fields: readonly string[]): Readonly<Record<string, string>> {
  const pairs = fields.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, fields[at + 1] ?? ""]] : []));
  return Object.fromEntries(pairs);
}
