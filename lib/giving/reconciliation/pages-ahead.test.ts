import { expect, it } from "vitest";
import { PagesAhead } from "./pages-ahead";

const window = { from: new Date(0), to: new Date(1) };

/** Three pages of one item each, and in which order they were asked for. */
function threePages() {
  const asked: (string | null)[] = [];
  const list = (_: unknown, after: string | null) => {
    asked.push(after);
    const number = after === null ? 1 : Number(after) + 1;
    return Promise.resolve({ items: [number], next: number === 3 ? null : String(number) });
  };
  return { asked, list };
}

it("asks for each page once, and for the next one while a page is looked at", async () => {
  const { asked, list } = threePages();
  const pages = new PagesAhead();
  expect(await pages.page(list, window, null)).toEqual({ items: [1], next: "1" });
  expect(asked).toEqual([null, "1"]);
  expect(await pages.page(list, window, "1")).toEqual({ items: [2], next: "2" });
  expect(await pages.page(list, window, "2")).toEqual({ items: [3], next: null });
  expect(asked).toEqual([null, "1", "2"]);
});

it("does not give a page of another list, or from another place", async () => {
  const [one, other] = [threePages(), threePages()];
  const pages = new PagesAhead();
  await pages.page(one.list, window, null);
  expect(await pages.page(other.list, window, "1")).toEqual({ items: [2], next: "2" });
  expect(await pages.page(other.list, window, "1")).toEqual({ items: [2], next: "2" });
  expect(other.asked).toEqual(["1", "2", "1", "2"]);
});

it("fails when the page's turn comes, and asks anew after that", async () => {
  let fails = true;
  const list = (_: unknown, after: string | null) =>
    after === "1" && fails
      ? Promise.reject(new Error("the provider is away"))
      : Promise.resolve({ items: [after], next: after === null ? "1" : null });
  const pages = new PagesAhead();
  await pages.page(list, window, null);
  await expect(pages.page(list, window, "1")).rejects.toThrow("the provider is away");
  fails = false;
  expect(await pages.page(list, window, "1")).toEqual({ items: ["1"], next: null });
});
