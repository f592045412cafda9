/** Whether an `Accept` header asks for a page rather than for data: browsers do, API clients do not. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  let html = 0;
  let json = 0;
  for (const part of accept.split(",")) {
    const [type = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1");
    if (!Number.isFinite(quality)) continue;
    if (type === "text/html") html = Math.max(html, quality);
    if (type === "application/json") json = Math.max(json, quality);
  }
  return html > 0 && html > json;
}
