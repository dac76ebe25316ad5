// A frontend developer's first day: types made from openapi/openapi.json, a client over them, the convention on screen.
// The compiler is half of the check: every member read below must exist in the document, with the type used here.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

interface Demo {
  base_url: string;
  convention_id: string;
  tokens: Record<"association", string>;
}
const demo = JSON.parse(process.env["DEMO_JSON"] ?? "") as Demo;
const id = demo.convention_id;

// A list is served as CSV and NDJSON too: this client asks for JSON.
const api = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: demo.base_url.replace(/\/$/, ""),
  headers: { Authorization: `Bearer ${demo.tokens.association}`, "Accept-Language": "en" },
});

// If the types were `any`, these three would compile, and the compiler would object to the expectation.
type Conventions = NonNullable<paths["/v1/conventions"]["get"]["parameters"]["query"]>;
// @ts-expect-error: the limit is a number
const wrongLimit: Conventions = { limit: "five" };
// @ts-expect-error: an unknown parameter
const wrongParameter: Conventions = { no_such_parameter: 1 };
// @ts-expect-error: a path that is not in the document
type NoSuchPath = paths["/v1/no-such-thing"];
void wrongLimit, wrongParameter;

const listed = await api.GET("/v1/conventions", { params: { query: { limit: 50 } } });
assert(listed.data, `conventions: ${listed.response.status}`);
assert(listed.data.items.some((row) => row.id === id), "the demo's convention is not in the list");

const convention = await api.GET("/v1/conventions/{id}", { params: { path: { id } } });
assert(convention.data, `convention: ${convention.response.status}`);
const title: string = convention.data.title;
assert(title.length > 0);

// Pages of five, by the cursor, then the same list in one page.
const walked: { id: string; number: string }[] = [];
let cursor: string | undefined;
let pages = 0;
do {
  const query = cursor === undefined ? { limit: 5 } : { limit: 5, cursor };
  const page = await api.GET("/v1/conventions/{id}/articles", { params: { path: { id }, query } });
  assert(page.data, `articles: ${page.response.status}`);
  walked.push(...page.data.items.map((article) => ({ id: article.id, number: article.number })));
  cursor = page.data.next_cursor ?? undefined;
  pages += 1;
} while (cursor !== undefined && pages < 10);
assert.equal(pages, 3);
assert.equal(walked.length, 12);
assert.equal(new Set(walked.map((article) => article.id)).size, 12, "an article twice");
const whole = await api.GET("/v1/conventions/{id}/articles", { params: { path: { id }, query: { limit: 200 } } });
assert.deepEqual(whole.data?.items.map((article) => article.id), walked.map((article) => article.id));

const axes = await api.GET("/v1/conventions/{id}/axes", { params: { path: { id } } });
assert(axes.data, `axes: ${axes.response.status}`);
const labels: string[] = axes.data.items.map((axis) => axis.label);
assert.equal(labels.length, 6);
assert(labels.every((label) => label.length > 0));

// A refusal is typed too: the compiler knows the members of the problem.
const nowhere = "00000000-0000-7000-8000-000000000000";
const missing = await api.GET("/v1/articles/{id}", { params: { path: { id: nowhere } } });
assert.equal(missing.response.status, 404);
assert.match(missing.response.headers.get("content-type") ?? "", /^application\/problem\+json/);
assert(missing.error, "a 404 without a body");
const status: number = missing.error.status;
const code: string = missing.error.code;
const request: string = missing.error.request_id;
assert.equal(status, 404);
assert(code.length > 0 && request.length > 0);

console.log(`${title}: ${walked.length} articles in ${pages} pages, ${labels.length} axes; 404 is ${code}`);
