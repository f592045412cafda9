import { UserError } from "../host/user-error.ts";
import type { Colour } from "../platform/workload.ts";
import { differenceText, reviewDifferences } from "../preview/reviewed.ts";
import type { SavedPreview } from "../preview/saved.ts";
import { captureDecisive, type Capture } from "./capture-preview.ts";
import { pickColour } from "./pick-colour.ts";
import type { Progress } from "./progress.ts";

/**
 * Goes on only where everything is as it was reviewed. Called with the environment's lock in hand, before anything is
 * changed.
 * @throws UserError naming every difference.
 */
export async function requireReviewed(capture: Omit<Capture, "stacks">, reviewed: SavedPreview, wanted: Colour | undefined, progress: Progress): Promise<void> {
  const { session, facts, images } = capture;
  const differences = await progress.step(
    `as reviewed: preview of ${reviewed.savedAt.slice(0, 19).replace("T", " ")} UTC by ${reviewed.savedBy}`,
    async () => {
      const colour = await pickColour(session, facts, images, wanted);
      return reviewDifferences(reviewed, await captureDecisive({ ...capture, stacks: ["foundation", colour] }));
    },
    (found) => (found.length === 0 ? "the same" : "not the same"),
  );
  if (differences.length === 0) return;
  throw new UserError(
    `Nothing was changed: this is not what was reviewed.\n${differenceText(differences)}\n` +
      "Review what is now: ./astra preview --save FILE",
  );
}
