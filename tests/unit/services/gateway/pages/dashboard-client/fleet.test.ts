import { describe, expect, it } from "vitest";
import { fleetOf } from "../../../../../../services/gateway/pages/dashboard-client/fleet.ts";

const instance = (colour: string, state = "up", heartbeatAgeMs = 1_200) => ({ instance: `${colour}-1`, colour, state, heartbeatAgeMs });

describe("the services at a glance", () => {
  it("are those of /services in their order, then the gateways", () => {
    const services = [
      { service: "trading", status: "healthy", breaker: "half-open", instances: [instance("green", "up", 700), instance("blue"), instance("blue", "draining")] },
      { service: "nft", status: "unavailable", breaker: "closed", instances: [] },
    ];
    expect(fleetOf({ services, gateways: [instance("blue")] })).toEqual([
      { name: "trading", state: "healthy", breaker: "half-open", instances: "1 blue · 1 blue draining · 1 green", beatSeconds: 0.7 },
      { name: "nft", state: "unavailable", breaker: "closed", instances: "", beatSeconds: undefined },
      { name: "gateway", state: "healthy", breaker: undefined, instances: "1 blue", beatSeconds: 1.2 },
    ]);
  });

  it("show the worst breaker where each colour has its own", () => {
    const [entry] = fleetOf({ services: [{ service: "user", status: "healthy", breaker: { blue: "closed", green: "open" }, instances: [instance("blue")] }] });
    expect(entry?.breaker).toBe("open");
  });

  it("do not count a dead instance's sign of life", () => {
    const [entry] = fleetOf({ services: [{ service: "user", status: "healthy", instances: [instance("blue", "dead", 5), instance("green", "up", 900)] }] });
    expect(entry).toMatchObject({ instances: "1 blue dead · 1 green", beatSeconds: 0.9 });
  });

  it.each([undefined, null, 5, "x", {}, { services: 3 }, { services: [null, 5, {}] }])("make the best of %j", (answer) => {
    expect(() => fleetOf(answer)).not.toThrow();
  });
});
