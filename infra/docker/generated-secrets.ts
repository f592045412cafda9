import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { secrets, type SecretName } from "../platform/secrets.ts";

/**
 * Every secret of an environment, generated once: without keepers nothing but a person's wish makes a new one. The
 * values are secret outputs and stand in the state encrypted.
 */
export function generatedSecrets(
  name: string,
  opts: pulumi.CustomResourceOptions,
): Readonly<Record<SecretName, pulumi.Output<string>>> {
  return Object.fromEntries(
    secrets.map((secret) => {
      const password = new RandomPassword(
        `${name}-secret-${secret.name.replaceAll("_", "-")}`,
        { length: secret.length, special: false },
        opts,
      );
      return [secret.name, password.result];
    }),
  );
}
