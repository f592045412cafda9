import { expect, test } from "vitest";
import { domainServices } from "../../../../services/catalogue.ts";
import { checkExpression } from "../../../../alerts/model/check-expression.ts";
import { measure, queries } from "../../../../infra/rollout/measure.ts";
import { SMOKE_PATHS } from "../../../../infra/rollout/smoke.ts";

test.each(["nft", "gateway"])("what Prometheus is asked of %s is PromQL over metrics of the contract (R-DEP-3)", (workload) => {
  for (const query of Object.values(queries(workload, "green", 30))) expect(() => checkExpression("rollout", query, new Set())).not.toThrow();
});

const answering = (value: string): typeof fetch => async () =>
  await Promise.resolve(Response.json({ status: "success", data: { result: [{ metric: {}, value: [0, value] }] } }));

test("a measure is three numbers; times that nobody has are left out", async () => {
  expect(await measure(answering("12"), "http://prometheus", "nft", "green", 30)).toEqual({ requests: 12, errors: 12, p95Seconds: 12 });
  expect(await measure(answering("NaN"), "http://prometheus", "nft", "green", 30)).toEqual({ requests: 0, errors: 0 });
});

test("a Prometheus that does not answer gives no measure", async () => {
  const away: typeof fetch = async () => await Promise.reject(new Error("refused"));
  expect(await measure(away, "http://prometheus", "nft", "green", 30)).toBeUndefined();
});

test("every service has a request for the private look (R-DEP-2)", () => {
  expect(Object.keys(SMOKE_PATHS).sort()).toEqual(domainServices.map((service) => service.name).sort());
});
