import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second of `/proc`; 100 on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;

/** Fields of `/proc/<pid>/stat` from the state on (the name before it may hold spaces); none for a process that has ended. */
function statOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function family(pid: number): readonly number[] {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && statOf(Number(name))[1] === String(pid)).map(Number);
  return [pid, ...children.flatMap(family)];
}

/** CPU time of a process, of its children, and of those of them that have ended, seconds. */
export function cpuSecondsOf(pid: number): number {
  const ticks = family(pid).flatMap((member) => statOf(member).slice(11, 15).map(Number));
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}
