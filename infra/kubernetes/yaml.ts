import { stringify } from "yaml";
import type { Manifest } from "./manifest.ts";

/** Objects as one file of YAML documents, below a heading. */
export function manifestsYaml(manifests: readonly Manifest[], heading: readonly string[]): string {
  const comment = heading.map((line) => `# ${line}\n`).join("");
  const documents = manifests.map((manifest) => stringify(manifest, { lineWidth: 120, aliasDuplicateObjects: false }));
  return `${comment}${documents.join("---\n")}`;
}
