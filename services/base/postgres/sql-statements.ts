/** One statement of a script, without comments and without what its literals say. */
export interface SqlStatement {
  /** In lower case, blanks made one; a literal is `''`, a dollar-quoted body `$$`, a quoted name stays as it is. */
  readonly text: string;
  /** What dollar quotes hold, literals and all: the body of a function or of a `DO` block. */
  readonly bodies: readonly string[];
}

const TOKEN = /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$|;|[^]/g;

/** Splits a script of PostgreSQL into its statements: enough to look for words in them, and no parser. */
export function sqlStatements(sql: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let text = "";
  let bodies: string[] = [];
  const finish = (): void => {
    const clean = text.replaceAll(/\s+/g, " ").trim();
    if (clean !== "") statements.push({ text: clean, bodies });
    text = "";
    bodies = [];
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match !== null; match = TOKEN.exec(sql)) {
    const [token] = match;
    if (token === ";") finish();
    else if (token.startsWith("--") || token.startsWith("/*")) text += " ";
    else if (token.startsWith("'")) text += "''";
    else if (token.length > 1 && token.startsWith("$")) {
      const end = sql.indexOf(token, TOKEN.lastIndex);
      const close = end < 0 ? sql.length : end;
      bodies.push(sql.slice(TOKEN.lastIndex, close));
      text += "$$";
      TOKEN.lastIndex = close + token.length;
    } else text += token.startsWith('"') ? token : token.toLowerCase();
  }
  finish();
  return statements;
}

/** Splits at commas that stand outside of brackets: the actions of an `ALTER TABLE`. */
export function splitOutsideBrackets(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += character;
  }
  parts.push(part.trim());
  return parts.filter((each) => each !== "");
}
