// /docs in a real browser: every operation of the document is on the page, one of them can be tried with a token, no error is said on
// the console, and no request leaves the loopback. A screenshot is kept in INTEROP_OUT.
import assert from "node:assert/strict";
import { join } from "node:path";
import { chromium } from "playwright-core";

const demo = JSON.parse(process.env.DEMO_JSON);
const base = demo.base_url.replace(/\/$/, "");
const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const document = await (await fetch(`${base}/openapi.json`)).json();
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => `${method} ${path}`),
);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1600 } }); // a fresh profile
  const requests = [];
  const said = [];
  context.on("request", (request) => requests.push(request.url()));
  context.on("requestfailed", (request) => said.push(`request failed: ${request.url()}`));
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") said.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => said.push(`exception: ${error.message}`));

  const answer = await page.goto(demo.docs_url, { waitUntil: "load" });
  assert.equal(answer.status(), 200);
  await page.waitForSelector(".swagger-ui .opblock-tag", { timeout: 20_000 });
  // A section that opens leaves the selection: always the first of those still closed.
  const closed = page.locator(".opblock-tag-section:not(.is-open) > .opblock-tag");
  while ((await closed.count()) > 0) await closed.first().click();
  await page.waitForSelector(".opblock");

  const shown = await page.locator(".opblock").evaluateAll((blocks) =>
    blocks.map((block) => {
      const method = block.querySelector(".opblock-summary-method").textContent.trim().toLowerCase();
      return `${method} ${block.querySelector("[data-path]").dataset.path}`;
    }),
  );
  assert.deepEqual([...new Set(shown)].sort(), [...operations].sort());
  assert.equal(await page.locator(".errors-wrapper").count(), 0, "Swagger UI found faults in the document");
  await page.screenshot({ path: join(process.env.INTEROP_OUT ?? ".", "docs.png") });

  // Authorize with a bearer token, then try GET /v1/me from the page.
  await page.locator(".auth-wrapper .authorize").first().click();
  const bearer = page.locator('.auth-container:has(input[aria-label="auth-bearer-value"])').first();
  await bearer.locator("input").fill(demo.tokens.association);
  await bearer.locator('button[type="submit"]').click();
  await page.locator(".modal-ux .close-modal").click();
  const me = page.locator('.opblock-get:has([data-path="/v1/me"])').first();
  await me.locator(".opblock-summary-control").click();
  // The page opens ready to try: no "Try it out" to press.
  await me.locator("button.execute").click();
  const status = me.locator(".live-responses-table .response-col_status").last();
  await status.waitFor({ timeout: 10_000 });
  assert.match((await status.textContent()).trim(), /^200/);

  const outside = requests.filter((url) => !/^(data|blob|about):/.test(url) && new URL(url).origin !== new URL(base).origin);
  assert.deepEqual(outside, [], "requests to other hosts");
  assert.deepEqual(said, [], "errors on the console");
  console.log(`${operations.length} operations shown, /v1/me tried from the page, ${requests.length} requests, all to ${base}`);
} finally {
  await browser.close();
}
