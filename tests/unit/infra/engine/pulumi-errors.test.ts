import { expect, test } from "vitest";
import { pulumiError } from "../../../../infra/engine/pulumi-errors.ts";

test.each([
  [
    "pulumi-passphrase",
    "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
    "The passphrase does not open stack dev. It is in the file that PULUMI_CONFIG_PASSPHRASE_FILE names " +
      "(.astra/passphrase unless you set it): put back the one that the stack was made with.",
  ],
  [
    "pulumi-locked",
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///x/.pulumi/locks/organization/astratrade/dev/1.json: created by root@host (pid 4711) at 2026-01-01T00:00:00Z",
    "Stack dev is locked by root@host, process 4711. Wait until it ends; if it is gone: pulumi cancel --stack dev",
  ],
  [
    "pulumi-docker",
    "error: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "The Docker engine does not answer. Run ./astra doctor, which says what is missing.",
  ],
  [
    "pulumi-port",
    "* Unable to start container: driver failed: Bind for 127.0.0.1:26379 failed: port is already allocated",
    "Port 127.0.0.1:26379 is taken. Run ./astra doctor, which names its owner; then run the command again.",
  ],
  [
    "pulumi-name-taken",
    'Conflict. The container name "/astra-dev-redis-1" is already in use by container "0a1b".',
    "A container named astra-dev-redis-1 is there that Pulumi does not know of. Remove it (docker rm -f astra-dev-redis-1), then run the command again.",
  ],
])("%s is told in one clear line", (code, output, message) => {
  expect(pulumiError("up", "dev", output)).toMatchObject({ code, message, name: "UserError" });
});

test("anything else is told in Pulumi's own errors, without its warnings and what only follows from them", () => {
  const output = [
    "Updating (dev):",
    " +  docker:index:Container blue-migrate-1 created",
    "Diagnostics:",
    "  pulumi:pulumi:Stack (astratrade-dev):",
    "    warning: something harmless",
    "    error: update failed",
    "",
    "    error: Error: astra-dev-blue-migrate-1 ended with exit code 3; nothing that needs it was started. Its last lines:",
    "    migration 0042 is broken",
    "",
    "Resources:",
    "    + 9 created",
  ].join("\n");
  expect(pulumiError("up", "dev", output)).toMatchObject({
    code: "pulumi-failed",
    message: [
      "pulumi up of stack dev failed:",
      "astra-dev-blue-migrate-1 ended with exit code 3; nothing that needs it was started. Its last lines:",
      "migration 0042 is broken",
    ].join("\n"),
  });
});

test("the errors of a JSON report are told like those of a plain one", () => {
  const diagnostics = [
    { severity: "warning", message: "resource plugin docker is expected to have another version\n" },
    { severity: "error", message: "Stack dev holds the foundation of environment dev and has not been deployed.\n" },
    { severity: "error", message: "preview failed" },
  ];
  expect(pulumiError("preview", "blue", `${JSON.stringify({ steps: [], diagnostics })}\n`).message).toBe(
    "pulumi preview of stack blue failed:\nStack dev holds the foundation of environment dev and has not been deployed.",
  );
});
