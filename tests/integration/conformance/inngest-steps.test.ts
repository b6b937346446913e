import { afterAll, beforeAll, expect, test } from "vitest";
import { NonRetriableError, RetryAfterError, StepError } from "inngest";
import type { RunningService } from "../../../devstack/service.ts";
import {
  clientFor,
  endedRun,
  register,
  runDetail,
  runsOf,
  serveApp,
  startExecutor,
  until,
  type TestApp,
} from "./inngest-harness.ts";
import { startTestDatabase, type TestDatabase } from "./inngest-database.ts";

/** What a function does: steps, their errors, and how a run goes on after each. */

let database: TestDatabase;
let executor: RunningService;
let app: TestApp;
let client: ReturnType<typeof clientFor>;
const calls = new Map<string, number>();
const count = (what: string): number => {
  const next = (calls.get(what) ?? 0) + 1;
  calls.set(what, next);
  return next;
};
const times: number[] = [];
const allThere = Promise.withResolvers<void>();
/** Ends once three have come: steps that wait for one another only end when they run at the same time. */
const together = (): Promise<void> => {
  if (count("came together") === 3) allThere.resolve();
  return allThere.promise;
};
const failures: unknown[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  // The client needs the executor's URL, and the executor the app's: the executor is up first.
  executor = await startExecutor(database.url);
  client = clientFor(executor.url);
  const child = client.createFunction({ id: "child", triggers: [{ event: "never/sent" }] }, ({ event }) => {
    if (event.data["fail"]) throw new NonRetriableError("the child failed");
    return { doubled: Number(event.data["n"]) * 2 };
  });
  const slowChild = client.createFunction(
    { id: "slow-child", triggers: [{ event: "never/sent" }] },
    async ({ step }) => {
      await step.sleep("long", "1h");
    },
  );
  app = await serveApp(client, [
    child,
    slowChild,
    client.createFunction({ id: "plain", triggers: [{ event: "t/plain" }] }, ({ event, runId }) => ({
      got: event.data["x"] as number,
      runId,
    })),
    client.createFunction({ id: "sequence", triggers: [{ event: "t/sequence" }] }, async ({ step }) => {
      const a = await step.run("a", () => count("seq-a"));
      const b = await step.run("b", () => ({ a, text: "ünï\u0000cödé", nothing: null }));
      const c = await step.run("c", () => undefined);
      return { a, b, c };
    }),
    client.createFunction(
      { id: "unbuffered", checkpointing: false, triggers: [{ event: "t/sequence" }] },
      async ({ step }) => {
        const a = await step.run("a", () => count("unb-a"));
        return await step.run("b", () => a + 1);
      },
    ),
    client.createFunction({ id: "sleeper", triggers: [{ event: "t/sleep" }] }, async ({ step }) => {
      const before = await step.run("before", () => Date.now());
      await step.sleep("nap", 1_000);
      const middle = await step.run("middle", () => Date.now());
      await step.sleepUntil("until", new Date(Date.now() + 300));
      const after = await step.run("after", () => Date.now());
      return { nap: middle - before, until: after - middle };
    }),
    client.createFunction({ id: "waiter", triggers: [{ event: "t/wait" }] }, async ({ step, event }) => {
      const paid = await step.waitForEvent("paid", {
        event: "t/paid",
        timeout: "1h",
        if: "async.data.order == event.data.order && async.data.amount > 10",
      });
      const same = await step.waitForEvent("same", { event: "t/same", timeout: "1h", match: "data.order" });
      const late = await step.waitForEvent("late", { event: "t/late", timeout: "1s" });
      return { order: event.data["order"] as string, paid: paid?.data["amount"] as number, same: same?.name, late };
    }),
    client.createFunction({ id: "invoker", triggers: [{ event: "t/invoke" }] }, async ({ step }) => {
      const good = await step.invoke("good", { function: child, data: { n: 21 } });
      const bad = await step
        .invoke("bad", { function: child, data: { fail: true } })
        .catch((error: unknown) => (error as Error).message);
      const late = await step
        .invoke("late", { function: slowChild, data: {}, timeout: "1s" })
        .catch((error: unknown) => (error as Error).message);
      return { good, bad, late };
    }),
    client.createFunction({ id: "sender", triggers: [{ event: "t/send" }] }, async ({ step }) => {
      return await step.sendEvent("send", [
        { name: "t/plain", data: { x: 7 } },
        { name: "t/plain", data: { x: 8 } },
      ]);
    }),
    client.createFunction({ id: "parallel", triggers: [{ event: "t/parallel" }] }, async ({ step }) => {
      const results = await Promise.all([
        step.run("p1", async () => (await together(), count("p1"))),
        step.run("p2", async () => (await together(), count("p2"))),
        step.run("p3", async () => (await together(), count("p3"))),
        step.sleep("p4", 1_000),
      ]);
      const last = await step.run("last", () => count("p-last"));
      return { results, last };
    }),
    client.createFunction({ id: "racing", triggers: [{ event: "t/race" }] }, async ({ step, group }) => {
      const winner = await group.parallel({ mode: "race" }, () =>
        Promise.race([
          step.run("quick", () => "quick"),
          step.waitForEvent("slow", { event: "t/race-slow", timeout: "1h" }).then(() => "slow"),
        ]),
      );
      return await step.run("after", () => winner);
    }),
    client.createFunction({ id: "chains", retries: 2, triggers: [{ event: "t/chains" }] }, async ({ step }) => {
      const chain = async (name: string): Promise<string> => {
        const first = await step.run(`${name}-1`, () => name);
        return await step.run(`${name}-2`, () => `${first}${count(`chain-${name}`)}`);
      };
      const many = await Promise.all(Array.from({ length: 20 }, (_, n) => step.run(`n${n}`, () => count(`many-${n}`))));
      const settled = await Promise.allSettled([
        chain("a"),
        chain("b"),
        step.run("hopeless", () => {
          throw new NonRetriableError("no");
        }),
        step.run("flaky", () => {
          if (count("parallel-flaky") < 3) throw new Error("not yet");
          return "at last";
        }),
      ]);
      return {
        many,
        settled: settled.map((each) => (each.status === "fulfilled" ? each.value : (each.reason as Error).message)),
      };
    }),
    client.createFunction(
      { id: "long", checkpointing: { maxRuntime: "300ms" }, triggers: [{ event: "t/long" }] },
      async ({ step }) => {
        for (let n = 0; n < 4; n += 1) await step.run(`part-${n}`, async () => (await pause(150), count(`long-${n}`)));
        return "whole";
      },
    ),
    client.createFunction(
      { id: "retrier", retries: 2, triggers: [{ event: "t/retry" }] },
      async ({ step, attempt }) => {
        const first = await step.run("flaky", () => {
          if (count("flaky") < 3) throw new Error(`flaky ${calls.get("flaky")}`);
          return attempt;
        });
        const second = await step.run("flaky-too", () => {
          if (count("flaky-too") < 3) throw new Error("again");
          return "ok";
        });
        if (count("between") < 2) throw new Error("between steps");
        return { first, second };
      },
    ),
    client.createFunction({ id: "catcher", retries: 1, triggers: [{ event: "t/catch" }] }, async ({ step }) => {
      try {
        await step.run("always", () => {
          count("always");
          throw new TypeError("always broken");
        });
      } catch (error) {
        return { caught: error instanceof StepError, message: (error as Error).message };
      }
      return null;
    }),
    client.createFunction({ id: "hopeless", retries: 3, triggers: [{ event: "t/hopeless" }] }, () => {
      count("hopeless");
      throw new NonRetriableError("no use", { cause: new Error("the cause") });
    }),
    client.createFunction({ id: "later", retries: 1, triggers: [{ event: "t/later" }] }, () => {
      times.push(Date.now());
      if (count("later") === 1) throw new RetryAfterError("busy", 1_000);
      return "done";
    }),
    client.createFunction(
      {
        id: "failing",
        retries: 1,
        triggers: [{ event: "t/fail" }],
        onFailure: async ({ error, event, step }) => {
          await step.run("note", () =>
            failures.push({ message: error.message, original: event.data.event.data, run: event.data.run_id }),
          );
        },
      },
      async ({ step }) => {
        await step.run("boom", () => {
          count("boom");
          throw new Error("boom");
        });
      },
    ),
  ]);
  await register(app);
});

afterAll(async () => {
  await executor?.close();
  await app?.close();
  await database?.close();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const send = async (name: string, data: Record<string, unknown> = {}): Promise<string> => {
  const { ids } = await client.send({ name, data });
  const [id] = ids;
  if (!id) throw new Error("no id came back");
  return id;
};
const run = async (name: string, functionId: string, data: Record<string, unknown> = {}) =>
  endedRun(executor.url, await send(name, data), `app-${functionId}`);

test.concurrent("a function without steps returns its output", async () => {
  const ended = await run("t/plain", "plain", { x: 5 });
  expect(ended).toMatchObject({ status: "completed", output: { got: 5, runId: ended.id } });
});

test.concurrent("steps run in order, once each, and keep what they returned exactly", async () => {
  const id = await send("t/sequence");
  const ended = await endedRun(executor.url, id, "app-sequence");
  expect(ended.output).toEqual({ a: 1, b: { a: 1, text: "ünï\u0000cödé", nothing: null }, c: null });
  expect(ended.steps.map((step) => [step.name, step.status])).toEqual([
    ["a", "completed"],
    ["b", "completed"],
    ["c", "completed"],
  ]);
  expect(calls.get("seq-a")).toBe(1);
  const plain = await endedRun(executor.url, id, "app-unbuffered");
  expect(plain.output).toBe(2);
  expect(calls.get("unb-a")).toBe(1);
});

test.concurrent("sleep and sleepUntil take no less than they say", async () => {
  const { output } = await run("t/sleep", "sleeper");
  const { nap, until: slept } = output as { nap: number; until: number };
  expect(nap).toBeGreaterThanOrEqual(990);
  expect(slept).toBeGreaterThanOrEqual(250);
});

test.concurrent("waitForEvent takes the event that its condition or match asks for, and null when none comes in time", async () => {
  const id = await send("t/wait", { order: "o1" });
  const waiting = async (name: string) =>
    until(async () => {
      const [found] = await runsOf(executor.url, { event: id, function: "app-waiter" });
      return (
        found &&
        (await runDetail(executor.url, found.id)).steps.some((step) => step.name === name && step.status === "pending")
      );
    });
  await waiting("paid");
  await send("t/paid", { order: "o2", amount: 50 });
  await send("t/paid", { order: "o1", amount: 5 });
  await send("t/paid", { order: "o1", amount: 20 });
  await waiting("same");
  await send("t/same", { order: "o2" });
  await send("t/same", { order: "o1" });
  const ended = await endedRun(executor.url, id, "app-waiter");
  expect(ended.output).toEqual({ order: "o1", paid: 20, same: "t/same", late: null });
});

test.concurrent("invoke hands back the other function's output, its error, and a time-out", async () => {
  const { output } = await run("t/invoke", "invoker");
  expect(output).toMatchObject({ good: { doubled: 42 }, bad: "the child failed" });
  expect((output as { late: string }).late).toContain("did not end in time");
});

test.concurrent("sendEvent sends once and triggers other functions", async () => {
  const ended = await run("t/send", "sender");
  const { ids } = ended.output as { ids: string[] };
  expect(ids).toHaveLength(2);
  const outputs = await Promise.all(ids.map(async (id) => (await endedRun(executor.url, id, "app-plain")).output));
  expect(outputs.map((output) => (output as { got: number }).got)).toEqual([7, 8]);
});

test.concurrent("parallel steps run at the same time, each once, and the run goes on after the last", async () => {
  const ended = await run("t/parallel", "parallel");
  expect(ended.output).toEqual({ results: [1, 1, 1, null], last: 1 });
  expect(ended.steps.at(-1)?.name).toBe("last");
});

test.concurrent("chains go on side by side, many steps run once each, and one that fails leaves the others alone", async () => {
  const ended = await run("t/chains", "chains");
  expect(ended.output).toEqual({ many: Array.from({ length: 20 }, () => 1), settled: ["a1", "b1", "no", "at last"] });
  expect(ended.steps.map((step) => step.status).filter((status) => status !== "completed")).toEqual(["failed"]);
});

test.concurrent("a function longer than the SDK's time for one request goes on in another one, repeating nothing", async () => {
  const ended = await run("t/long", "long");
  expect(ended.output).toBe("whole");
  expect([0, 1, 2, 3].map((n) => calls.get(`long-${n}`))).toEqual([1, 1, 1, 1]);
  expect(app.requests.filter((each) => each.body.includes(ended.id)).length).toBeGreaterThanOrEqual(2);
});

test.concurrent("parallel steps in race mode go on with the first", async () => {
  const id = await send("t/race");
  await until(async () => {
    const [found] = await runsOf(executor.url, { event: id, function: "app-racing" });
    const steps = found ? (await runDetail(executor.url, found.id)).steps : [];
    return steps.some((step) => step.name === "after" && step.status === "completed");
  });
  await send("t/race-slow");
  const ended = await endedRun(executor.url, id, "app-racing");
  expect(ended.output).toBe("quick");
  // The SDK lets a function return only once every step it began has ended; the race was decided before that.
  expect(ended.steps.map((step) => step.name)).toEqual(["quick", "after", "slow"]);
});

test.concurrent("each step has all its retries, and a failed attempt keeps its stack", async () => {
  const ended = await run("t/retry", "retrier");
  expect(ended.output).toEqual({ first: 2, second: "ok" });
  expect([calls.get("flaky"), calls.get("flaky-too"), calls.get("between")]).toEqual([3, 3, 2]);
  expect(ended.attempts.map((each) => each.error.message)).toEqual([
    "flaky 1",
    "flaky 2",
    "again",
    "again",
    "between steps",
  ]);
  expect(ended.attempts[0]?.error.stack).toContain("inngest-steps.test.ts");
});

test.concurrent("a step that has used up its retries throws into the function, which may catch it", async () => {
  const ended = await run("t/catch", "catcher");
  expect(ended.output).toEqual({ caught: true, message: "always broken" });
  expect(calls.get("always")).toBe(2);
  expect(ended.attempts.map((each) => each.attempt)).toEqual([0, 1]);
});

test.concurrent("NonRetriableError ends the run at once, with its cause", async () => {
  const ended = await run("t/hopeless", "hopeless");
  expect(ended).toMatchObject({
    status: "failed",
    error: { name: "NonRetriableError", message: "no use", cause: { message: "the cause" } },
  });
  expect(calls.get("hopeless")).toBe(1);
});

test.concurrent("RetryAfterError waits as long as it says", async () => {
  const ended = await run("t/later", "later");
  expect(ended.output).toBe("done");
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
});

test.concurrent("onFailure runs once after the last retry, with the error and the event", async () => {
  const ended = await run("t/fail", "failing", { why: "test" });
  expect(ended).toMatchObject({ status: "failed", error: { message: "boom" } });
  expect(calls.get("boom")).toBe(2);
  const [handler] = await until(async () => {
    const runs = await runsOf(executor.url, { function: "app-failing-failure", status: "completed" });
    return runs.length > 0 && runs;
  });
  expect(handler?.eventName).toBe("inngest/function.failed");
  expect(failures).toEqual([{ message: "boom", original: { why: "test" }, run: ended.id }]);
});
