import { expect, expectAccessible, test } from "./fixtures.ts";
import { adminPage, demoPerson, signIn } from "./people.ts";

// The page does not exist for who is no operator.
test.use({ expectedConsoleErrors: [/status of 404/] });

test("an operator sees whether everything is well, in figures and lines; nobody else sees that the page exists", async ({
  freshPage,
}) => {
  test.setTimeout(300_000);
  const organiser = await adminPage(freshPage);
  expect((await organiser.goto("/admin/health"))?.status()).toBe(404);

  const operator = await freshPage();
  await operator.goto("/admin/health");
  await signIn(operator, demoPerson("operator"));
  await expect(operator.getByRole("heading", { level: 1, name: "Health" })).toBeVisible();
  const dependencies = operator.getByRole("region", { name: "Dependencies" });
  const rowOf = (name: string) =>
    dependencies.getByRole("row").filter({ has: operator.getByRole("rowheader", { name }) });
  await expect(rowOf("database")).toContainText("answers");
  await expect(rowOf("redis")).toContainText("answers");
  await expect(rowOf("stripe")).toContainText("answers");
  // The money was looked at by the workflow that does so each minute.
  await expect(async () => {
    await operator.reload();
    const money = operator.getByRole("row").filter({ hasText: "Invariants of money" });
    await expect(money).toContainText("All hold", { timeout: 1_000 });
  }).toPass({ timeout: 150_000 });
  // Lines are drawn from what this instance has noted meanwhile.
  await expect(operator.getByRole("figure").filter({ hasText: "Requests" }).getByRole("img")).toBeVisible({
    timeout: 60_000,
  });
  await expect(operator.getByRole("row").filter({ hasText: "Deployments a day" })).toContainText("> 10");
  await expectAccessible(operator);
});

test("pages are counted by their template, whatever path was asked for", async ({ page, stack }) => {
  for (const path of ["/campaigns", "/nowhere-one", "/nowhere-two"]) await page.request.get(path);
  // A page is counted when its last byte has left, which may be a moment after it came.
  await expect(async () => {
    const read = await page.request.get("/api/metrics", {
      headers: { authorization: `Bearer ${stack["METRICS_TOKEN"]}` },
    });
    expect(read.status()).toBe(200);
    const text = await read.text();
    expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/campaigns",status="2xx"\} [1-9]/);
    expect(text).toMatch(/route="\{unmatched\}",status="4xx"\} ([2-9]|\d\d)/);
    expect(text).not.toContain("nowhere-one");
  }).toPass({ timeout: 30_000 });
  expect((await page.request.get("/api/metrics")).status()).toBe(401);
});
