import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { readJson } from "./read-body";

const post = (body: BodyInit, type = "application/json", headers: Record<string, string> = {}) =>
  new Request("http://localhost/", { method: "POST", body, headers: { "content-type": type, ...headers } });

const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe("readJson", () => {
  it("reads JSON, also with a charset", async () => {
    expect(await readJson(post('{"a":1}', "application/json; charset=utf-8"), 100)).toEqual({ a: 1 });
  });

  it("refuses another media type", async () => {
    expect(await code(readJson(post("a=1", "application/x-www-form-urlencoded"), 100))).toBe("unsupported_media_type");
  });

  it("refuses broken JSON, an empty body and broken UTF-8", async () => {
    expect(await code(readJson(post("{"), 100))).toBe("invalid_request");
    expect(await code(readJson(post(""), 100))).toBe("invalid_request");
    expect(await code(readJson(post(new Uint8Array([0x22, 0xff, 0x22])), 100))).toBe("invalid_request");
  });

  it("stops reading a stream at the limit, whatever Content-Length says", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1024).fill(0x20));
      },
    });
    const request = new Request("http://localhost/", {
      method: "POST",
      body: endless,
      duplex: "half",
      headers: { "content-type": "application/json" },
    } as RequestInit);
    expect(await code(readJson(request, 4096))).toBe("payload_too_large");
    expect(pulled).toBeLessThan(10);
  });

  it("refuses by Content-Length before reading", async () => {
    expect(await code(readJson(post("{}", "application/json", { "content-length": "999999" }), 100))).toBe(
      "payload_too_large",
    );
  });
});
