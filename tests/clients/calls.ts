// The README's calls through clients that openapi-typescript generated, and mistakes.
import createClient from "openapi-fetch";
import type { paths as AlternativePayments } from "./alternative_payments";
import type { paths as Athenty } from "./athenty";
import type { paths as Hoursmith } from "./hoursmith";
import type { components, paths as Paytrum } from "./paytrum";
import type { paths as Registry } from "./registry";

const paytrum = createClient<Paytrum>({ baseUrl: "http://localhost:4566/paytrum" });
const athenty = createClient<Athenty>({ baseUrl: "http://localhost:4566/athenty" });
const hoursmith = createClient<Hoursmith>({ baseUrl: "http://localhost:4566/hoursmith" });
const payments = createClient<AlternativePayments>({ baseUrl: "http://localhost:4566/alternative_payments" });
const registry = createClient<Registry>({ baseUrl: "http://localhost:4566/registry" });
const acme = { name: "Acme Co", email: "ar@acme.com" };

export async function readme(): Promise<string | undefined> {
  const created = await paytrum.POST("/v1/clients", {
    body: { ...acme, emailConsent: true, usageType: "commercial" },
  });
  const code = created.error?.error.code;
  if (code === "validation_failed") return created.error?.error.fields?.["email"];
  if (code === "no_such_code") return undefined; // refused
  const found = await athenty.GET("/v2/api/clients", { params: { query: { search: "acme", active: true } } });
  await hoursmith.POST("/api/v1/clients", {
    params: { header: { "Idempotency-Key": "01JXA7Q4W0V5" } },
    body: { name: "string", defaultRate: "120.00" },
  });
  await payments.POST("/oauth/token", { body: { grant_type: "client_credentials" } });
  await payments.GET("/customers", { params: { query: { limit: 10 } } });
  await registry.GET("/v1/clients", { params: { query: { email: "ar@acme.com" } } });
  await registry.PATCH("/v1/clients/{id}", {
    params: { path: { id: "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5" }, header: { "If-Match": '"1"' } },
    body: { address: { city: "San Francisco" }, notes: null, phone: "(415) 555-2671" },
  });
  return found.data?.data[0]?.memberType;
}

export async function mistakes(): Promise<void> {
  await paytrum.POST("/v1/clients", { body: { ...acme, usageType: "comercial" } }); // refused
  await paytrum.POST("/v1/clients", { body: { ...acme, emailConsent: "yes" } }); // refused
  await paytrum.POST("/v1/clients", { body: { ...acme, address: "12 Main St" } }); // refused
  // openapi-fetch lets unknown keys of a literal through; the type of the body does not.
  const misspelt: components["schemas"]["CreateClient"] = { name: "Acme Co", emial: "ar@acme.com" }; // refused
  await paytrum.POST("/v1/clients", { body: misspelt });
  await paytrum.POST("/v1/clients", { body: { email: "ar@acme.com" } }); // refused
  await hoursmith.POST("/api/v1/clients", { body: { name: "string" } }); // refused
  await registry.POST("/v1/clients", { body: { payment_terms: "net_31" } }); // refused
}
