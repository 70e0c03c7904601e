// Register a hospital, wait for the body that supervises it, read how far its kind is covered.
//
//   make clients && cp docs/samples/register_and_count.ts dist/clients/typescript/
//   cd dist/clients/typescript && npx tsc && node register_and_count.js 52440303000000001X
//
// asks the services at REGISTRY_URL, ROUTER_URL and METRICS_URL with the token in TOKEN.

import createClient, { type ClientOptions } from "openapi-fetch";
import type { paths as Router } from "./jurisdiction-router.js";
import type { paths as Metrics } from "./metrics.js";
import type { components, paths as Registry } from "./registry-api.js";

type Json = "application/json"; // some answers come as CSV and XLSX, too

function at(service: string): ClientOptions {
  const baseUrl = process.env[`${service}_URL`] ?? "";
  return { baseUrl, headers: { authorization: `Bearer ${process.env["TOKEN"]}` } };
}

const registry = createClient<Registry, Json>(at("REGISTRY"));
const router = createClient<Router, Json>(at("ROUTER"));
const metrics = createClient<Metrics, Json>(at("METRICS"));

const creditCode = process.argv[2] ?? "";
const hospital: components["schemas"]["Establishment"] = {
  credit_code: creditCode,
  name: "罗湖区晨曦医院",
  kind: "private_nonenterprise",
  institution_type: "private_hospital",
  category: "health",
  registration: {
    mode: "dual",
    level: "district",
    registered_on: "2016-07-01",
    authority: { name: "罗湖区民政局", division_code: "440303" },
  },
  business_supervisor: { name: "罗湖区卫生局", system: "health" },
  licence_issuer: "health",
  domicile: { division_code: "440303001", address: "桂园路1号" },
  charter: { state: "included", on: "2016-07-01" },
  party: { full_members: 3, probationary_members: 1 },
};
const registered = await registry.POST("/v1/organizations", {
  body: hospital,
  // the same key again after a time-out registers nothing twice
  params: { header: { "idempotency-key": creditCode } },
});
if (!registered.data) {
  // a ProblemDocument: what, where, and how to mend it
  throw new Error(`not registered: ${JSON.stringify(registered.error)}`);
}
console.log("registered", registered.data.id);
for (const obligation of registered.data.obligations) console.log("owes", obligation.kind);

const path = { organization_id: registered.data.id };
for (let attempt = 0; ; attempt++) {
  // router and metrics follow the registry: 404 until they know of it
  const assignment = await router.GET("/v1/assignments/{organization_id}", { params: { path } });
  const standing = await metrics.GET("/v1/organizations/{organization_id}/standing", {
    params: { path },
  });
  if (assignment.data && standing.data) {
    const { supervising, rule } = assignment.data;
    console.log("supervised by", supervising?.name, "under rule", rule);
    break;
  }
  if (attempt === 120) throw new Error("not assigned and counted");
  await new Promise((resolve) => setTimeout(resolve, 500));
}

const coverage = await metrics.GET("/v1/coverage", {
  params: {
    query: {
      indicator: "organizational_coverage",
      institution_type: ["private_hospital"],
      group_by: ["district"],
    },
  },
});
if (!coverage.data) throw new Error(`not counted: ${JSON.stringify(coverage.error)}`);
const { total, groups } = coverage.data;
console.log("covered", total.numerator, "of", total.denominator);
for (const { by, numerator, denominator } of groups) {
  console.log("covered", numerator, "of", denominator, "in", by);
}
