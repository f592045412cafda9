import { docker } from "../host/docker.ts";

/** An image with this reference is on this machine. */
export async function imageIsHere(reference: string): Promise<boolean> {
  return (await docker(["image", "inspect", "--format", "{{.Id}}", reference])).code === 0;
}

/**
 * Asks whether a registry serves an image, by beginning to pull it: only the engine knows its mirrors and proxies.
 * @param reference Name and tag.
 * @param patienceMs How long to wait for the first answer; a download that has begun counts as one.
 */
async function registryServes(reference: string, patienceMs: number): Promise<boolean> {
  let answered = false;
  const result = await docker(["pull", reference], {
    deadlineMs: patienceMs,
    onLine: (line) => {
      answered ||= line.includes("Pulling from");
    },
  });
  return result.code === 0 || (answered && result.code === 124);
}

const answers = new Map<string, Promise<boolean>>();

/** The image is here or a registry serves it. Asked once per process; takes at most `patienceMs` and a little. */
export async function imageCanBeHad(reference: string, patienceMs: number): Promise<boolean> {
  const known = answers.get(reference) ?? imageIsHere(reference).then((here) => here || registryServes(reference, patienceMs));
  answers.set(reference, known);
  return await known;
}
