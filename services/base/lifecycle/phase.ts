/** Where a process stands in its life; read by HTTP, health and the agent check. */
export class LifePhase {
  #ready = false;
  #draining = false;

  /** It has had its stores once, its schema is there, and its own start has run. Stays true when a store is lost later. */
  get ready(): boolean {
    return this.#ready;
  }

  get draining(): boolean {
    return this.#draining;
  }

  becomeReady(): void {
    this.#ready = true;
  }

  startDraining(): void {
    this.#draining = true;
  }
}
