import { clicksPerSecond, type Habit } from "./habits.ts";
import type { SeededRandom } from "./random.ts";

/** Somebody's next click. */
export interface Turn {
  /** Index of the person. */
  readonly person: number;
  /** First click of a session. */
  readonly opens: boolean;
}

interface Waiting {
  readonly person: number;
  /** Clicks that are left in the session after this one. */
  left: number;
  opens: boolean;
  /** In the people's own time, seconds. */
  at: number;
}

/** Smallest `at` first: a binary heap, since there may be many thousand people. */
class Queue {
  readonly #heap: Waiting[] = [];

  push(one: Waiting): void {
    const heap = this.#heap;
    let hole = heap.push(one) - 1;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.at <= one.at) break;
      heap[hole] = parent;
      hole = above;
    }
    heap[hole] = one;
  }

  pop(): Waiting | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      let below = 2 * hole + 1;
      let child = heap[below];
      const right = heap[below + 1];
      if (child === undefined) break;
      if (right !== undefined && right.at < child.at) {
        below += 1;
        child = right;
      }
      if (child.at >= last.at) break;
      heap[hole] = child;
      hole = below;
    }
    heap[hole] = last;
    return first;
  }
}

/**
 * Who clicks next, without end. People live in a time of their own, in which sessions, thinking and pauses have their
 * true proportions; the load's rate decides how fast that time goes by. So a run at any rate has the same mix of people.
 */
export function* turns(habits: readonly Habit[], random: SeededRandom): Generator<Turn, never> {
  const queue = new Queue();
  const clicksOf = (habit: Habit): number => Math.max(1, Math.round(random.exponential(habit.clicks)));
  for (const [person, habit] of habits.entries()) {
    // The first session begins anywhere within one usual cycle of session and pause.
    const cycle = habit.clicks / clicksPerSecond(habit);
    queue.push({ person, left: clicksOf(habit) - 1, opens: true, at: random.next() * cycle });
  }
  for (;;) {
    const next = queue.pop();
    const habit = next && habits[next.person];
    if (next === undefined || habit === undefined) throw new Error("there has to be at least one person");
    yield { person: next.person, opens: next.opens };
    const goesOn = next.left > 0;
    queue.push({
      person: next.person,
      left: goesOn ? next.left - 1 : clicksOf(habit) - 1,
      opens: !goesOn,
      at: next.at + random.exponential(goesOn ? habit.thinkSeconds : habit.awaySeconds),
    });
  }
}
