import type { Colour } from "../../base/config.ts";
import type { Breakers } from "./breakers.ts";
import type { Permit, Verdict } from "./circuit.ts";

/**
 * What one request tells the circuits. It counts once for each colour that it was taken to, with the last try there: a
 * failure that another instance has made good is no failure of the colour.
 */
export class Visit {
  readonly #breakers: Breakers;
  readonly #service: string;
  #blue: Permit | undefined;
  #green: Permit | undefined;
  #blueVerdict: Verdict = "nothing";
  #greenVerdict: Verdict = "nothing";

  constructor(breakers: Breakers, service: string) {
    this.#breakers = breakers;
    this.#service = service;
  }

  /** Whether a try at this colour may be made: it is the first one and the circuit lets it pass, or a further one. */
  mayEnter(colour: Colour): boolean {
    if ((colour === "blue" ? this.#blue : this.#green) !== undefined) return true;
    return this.#breakers.of(this.#service, colour).admits;
  }

  /** Makes a try at a colour; false where its circuit refuses. */
  enter(colour: Colour): boolean {
    if ((colour === "blue" ? this.#blue : this.#green) !== undefined) return true;
    const permit = this.#breakers.of(this.#service, colour).admit();
    if (colour === "blue") this.#blue = permit;
    else this.#green = permit;
    return permit !== undefined;
  }

  /** What became of the last try at a colour. */
  note(colour: Colour, verdict: Verdict): void {
    if (colour === "blue") this.#blueVerdict = verdict;
    else this.#greenVerdict = verdict;
  }

  /** The request is over. */
  end(): void {
    this.#blue?.settle(this.#blueVerdict);
    this.#green?.settle(this.#greenVerdict);
  }
}
