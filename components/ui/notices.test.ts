import { expect, it, vi } from "vitest";
import { notify, onFirstNotice, takeNotices } from "./notices";

it("keeps early notices for the taker, in order, and wakes the toaster", () => {
  const wake = vi.fn<() => void>();
  notify({ title: "first" });
  const sleep = onFirstNotice(wake);
  expect(wake).toHaveBeenCalledTimes(1);
  notify({ title: "second" });
  sleep();

  const taken: string[] = [];
  const stop = takeNotices((notice) => taken.push(notice.title));
  notify({ title: "third" });
  expect(taken).toEqual(["first", "second", "third"]);

  stop();
  notify({ title: "fourth" });
  expect(taken).toHaveLength(3);
  takeNotices((notice) => taken.push(notice.title))();
  expect(taken).toEqual(["first", "second", "third", "fourth"]);
});
