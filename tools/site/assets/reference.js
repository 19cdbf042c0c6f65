// The page of a contract: Scalar on its document. On the local stack it calls that stack with the demo
// credentials; elsewhere nothing can be called, since an API answers no other site's pages.
(async () => {
  const place = document.getElementById("reference");
  const contract = place.dataset.contract;
  const [content, access] = await Promise.all([described(), demoAccess()]);
  const server = `${location.origin}/${contract}`;
  const configuration = {
    content,
    servers: access ? [{ url: server, description: "This local stack" }] : undefined,
    authentication: access ? authentication(access) : undefined,
    hideTestRequestButton: !access,
    generateOperationSlug: ({ operationId }) => operationId,
    orderSchemaPropertiesBy: "preserve",
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
  };
  const reference = Scalar.createApiReference("#reference", configuration);
  if (access?.client_id) {
    const token = await accessToken(access);
    reference.updateConfiguration({ ...configuration, authentication: authentication(access, token) });
  }

  // The document, with keys that make a second request no repetition of the first.
  async function described() {
    const parsed = await (await fetch(`../openapi/${contract}.json`)).json();
    for (const item of Object.values(parsed.paths)) {
      for (const { parameters = [] } of Object.values(item)) {
        for (const { name, required, schema } of parameters) {
          if (name !== "Idempotency-Key") continue;
          if (required) schema.examples = [crypto.randomUUID()];
          else delete schema.examples;
        }
      }
    }
    return parsed;
  }

  async function demoAccess() {
    try {
      const answer = await fetch("../access.json");
      return answer.ok ? (await answer.json()).contracts[contract] : undefined;
    } catch {
      return undefined;
    }
  }

  function authentication({ headers, client_id, client_secret }, token = "") {
    if (client_id) {
      const flow = { token, "x-scalar-client-id": client_id, clientSecret: client_secret };
      return { preferredSecurityScheme: "oauth", securitySchemes: { oauth: { flows: { clientCredentials: flow } } } };
    }
    const [[name, value]] = Object.entries(headers);
    const key = value.replace(/^Bearer /, "");
    return {
      preferredSecurityScheme: name === "Authorization" ? "bearer" : "apiKey",
      securitySchemes: { bearer: { token: key }, apiKey: { value: key } },
    };
  }

  async function accessToken({ client_id, client_secret }) {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret });
    const issued = await fetch(`${server}/oauth/token`, { method: "POST", body });
    return (await issued.json()).access_token;
  }
})();
