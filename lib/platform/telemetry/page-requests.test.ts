import { expect, it } from "vitest";
import { pageTemplates } from "./page-requests";

const templateOf = pageTemplates({
  version: 3,
  staticRoutes: [
    { page: "/", regex: "^/(?:/)?$" },
    { page: "/campaigns", regex: "^/campaigns(?:/)?$" },
    { page: "/admin/campaigns/new", regex: "^/admin/campaigns/new(?:/)?$" },
  ],
  dynamicRoutes: [
    { page: "/admin/campaigns/[id]", regex: "^/admin/campaigns/([^/]+?)(?:/)?$" },
    { page: "/campaigns/[slug]", regex: "^/campaigns/([^/]+?)(?:/)?$" },
  ],
});

it.each([
  ["/", "/"],
  ["/campaigns/", "/campaigns"],
  ["/campaigns/a-well", "/campaigns/[slug]"],
  ["/admin/campaigns/new", "/admin/campaigns/new"],
  ["/admin/campaigns/0193", "/admin/campaigns/[id]"],
  ["/wp-login.php/x", "{unmatched}"],
  [`/${"a".repeat(4_000)}`, "{unmatched}"],
])("%s is counted as %s", (pathname, template) => {
  expect(templateOf(pathname)).toBe(template);
});
