import { describe, expect, it } from "vitest";
import { domainServices } from "../../../../../services/catalogue.ts";
import { ServicePaths } from "../../../../../services/gateway/proxy/service-paths.ts";

const paths = new ServicePaths(domainServices);

describe("the service of a path (R-GW-1)", () => {
  it.each([
    ["/api/v1/trading", "trading", "/api/v1/trading"],
    ["/api/v1/trading?x=/nft/", "trading", "/api/v1/trading"],
    ["/api/v1/trading/", "trading", "/api/v1/trading/*"],
    ["/api/v1/trading/prices/BTC-USD?a=1", "trading", "/api/v1/trading/*"],
    ["/api/v1/nft/x", "nft", "/api/v1/nft/*"],
  ])("%s is %s's, under the pattern %s", (url, service, pattern) => {
    expect(paths.find(url)).toEqual({ service, pattern });
  });

  it.each(["/", "/health", "/api/v1/", "/api/v1/tradingx", "/api/v1/unknown/x", "/api/v2/trading", "/API/v1/trading", "http://x/api/v1/trading", "*"])("of %s there is none", (url) => {
    expect(paths.find(url)).toBeUndefined();
  });

  it("is one of a bounded set of patterns, whatever paths are asked for", () => {
    expect(paths.patterns()).toHaveLength(2 * domainServices.length);
  });
});
