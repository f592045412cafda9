import { engineVersion } from "../host/docker.ts";
import { UserError } from "../host/user-error.ts";
import { buildImages } from "../images/build.ts";
import { imagePlan, imageReferences } from "../images/plan.ts";
import type { StoreImages } from "./restore-test.ts";

/**
 * Images of both stores as this checkout has them, built where they are missing.
 * @throws UserError when there is no Docker engine here: what is restored is restored in its containers.
 */
export async function storeImages(): Promise<StoreImages> {
  const engine = await engineVersion();
  if ("problem" in engine) throw new UserError(`This restores into containers, and there is no Docker engine on this machine: ${engine.problem}\nDo it where there is one: the file is all that it takes.`);
  const plan = await imagePlan(undefined, { names: ["postgres", "redis"] });
  await buildImages(plan);
  const { postgres, redis } = imageReferences(plan);
  if (postgres === undefined || redis === undefined) throw new Error("the plan lacks an image of a store");
  return { postgres, redis };
}
