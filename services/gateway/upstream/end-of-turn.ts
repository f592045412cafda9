/** Something whose last step waits for the end of the event loop's turn. */
export interface Finishing {
  finish(): void;
}

let waiting: Finishing[] = [];
let scheduled = false;

/**
 * Has `one` finish when everything that has arrived in this turn of the event loop has been looked at. Writes that go out one after the
 * other cost less than each between other work: their code is at hand, and whoever reads them on another core is woken once for
 * several.
 */
export function atEndOfTurn(one: Finishing): void {
  waiting.push(one);
  if (scheduled) return;
  scheduled = true;
  setImmediate(finishAll);
}

function finishAll(): void {
  const all = waiting;
  waiting = [];
  scheduled = false;
  for (const one of all) one.finish();
}
