import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Alert } from "./alert";
import { Button } from "./button";
import { ConfirmDialog, Dialog } from "./dialog";
import { Menu } from "./menu";
import { Money } from "./money";
import { Pagination } from "./pagination";
import { Panel } from "./panel";
import { Progress } from "./progress";
import { Select } from "./select";
import { SubmitButton } from "./submit-button";
import { TabLinks } from "./tab-links";
import { Table, Td, Th } from "./table";
import { Tabs } from "./tabs";
import { Textarea } from "./textarea";
import { Time } from "./time";

/** What the server sends: what people without JavaScript have, and what the browser must agree with. */
const html = (node: ReactNode): string => renderToString(node).replaceAll("<!-- -->", "");

describe("from the server", () => {
  it("a time is its day in UTC with the exact moment for assistive technology", () => {
    const time = html(<Time at="2026-11-23T23:59:00Z" />);
    expect(time).toContain('dateTime="2026-11-23T23:59:00Z"');
    expect(time).toContain(">23 Nov 2026</time>");
    expect(time).toContain("23 November 2026 at 23:59 UTC");
    const describedBy = /aria-describedby="([^"]+)"/.exec(time)?.[1];
    expect(time).toContain(`id="${describedBy}" role="tooltip"`);
  });

  it("a time inside a link takes no focus", () => {
    const time = html(<Time at="2026-11-23T23:59:00Z" focusable={false} />);
    expect(time).not.toContain("tabindex");
    expect(time).toContain('title="23 November 2026 at 23:59 UTC"');
  });

  it("money carries its exact value", () => {
    expect(html(<Money amountMinor={1999} currency="EUR" />)).toMatch(/<data value="1999 EUR"[^>]*>€19\.99<\/data>/);
  });

  it("progress says its value, and leaves it out when nobody knows", () => {
    const known = html(<Progress id="a" label="Cloning" value={0.333} text="120 of 360 files" />);
    expect(known).toContain('aria-valuenow="33"');
    expect(known).toContain('aria-valuetext="120 of 360 files"');
    expect(html(<Progress id="a" label="Cloning" value={1.7} />)).toContain('aria-valuenow="100"');
    expect(html(<Progress id="a" label="Cloning" value={null} />)).not.toContain("aria-valuenow");
  });

  it("only an alert that appears later interrupts", () => {
    expect(html(<Alert tone="danger">Gone</Alert>)).not.toContain("role=");
    expect(
      html(
        <Alert tone="danger" live>
          Gone
        </Alert>,
      ),
    ).toContain('role="alert"');
    expect(
      html(
        <Alert tone="success" live>
          Saved
        </Alert>,
      ),
    ).toContain('role="status"');
  });

  it("a select starts on its placeholder, which is no answer", () => {
    const select = html(
      <Select name="c" label="Currency" placeholder="Choose" options={[{ value: "EUR", label: "Euro" }]} />,
    );
    expect(select).toMatch(/<select[^>]*><option value="">Choose<\/option>/);
    expect(select).toContain("required");
  });

  it("a textarea keeps what was typed", () => {
    expect(html(<Textarea name="t" label="Text" defaultValue={"a < b"} />)).toContain("a &lt; b</textarea>");
  });

  it("a plain button never submits, a submit button does", () => {
    expect(html(<Button>Open</Button>)).toContain('type="button"');
    expect(html(<SubmitButton>Save</SubmitButton>)).toContain('type="submit"');
  });

  it("dialogs and menus are closed, and their triggers say so", () => {
    const closed = html(
      <>
        <Dialog trigger={<Button>Open</Button>} title="Title">
          Inside
        </Dialog>
        <ConfirmDialog
          trigger={<Button>Delete</Button>}
          title="Sure?"
          description="Gone."
          confirmLabel="Delete"
          action={() => undefined}
        />
        <Menu trigger={<Button>More</Button>} entries={[{ kind: "link", href: "/", label: "Inside" }]} />
      </>,
    );
    expect(closed.match(/aria-expanded="false"/g)).toHaveLength(3);
    expect(closed.match(/aria-haspopup="(dialog|menu)"/g)).toHaveLength(3);
    expect(closed).not.toContain("Inside");
  });

  it("tabs show their first panel", () => {
    const tabs = html(
      <Tabs
        label="Views"
        items={[
          { value: "a", label: "A", content: "first view" },
          { value: "b", label: "B", content: "second view" },
        ]}
      />,
    );
    expect(tabs.match(/role="tab"/g)).toHaveLength(2);
    expect(tabs).toContain("first view");
    expect(tabs).not.toContain("second view");
  });

  it("tabs that are pages name the present one, once", () => {
    const tabs = html(
      <TabLinks label="Pages" current="/b" items={["/a", "/b", "/c"].map((href) => ({ href, label: href }))} />,
    );
    expect(tabs.match(/aria-current="page"/g)).toHaveLength(1);
    expect(tabs).toMatch(/aria-current="page"[^>]*href="\/b"/);
  });

  it("a table can be scrolled by keyboard and is named", () => {
    const table = html(
      <Panel title="Gifts" flush>
        <Table caption="All gifts">
          <thead>
            <tr>
              <Th numeric>Amount</Th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <Td numeric>1</Td>
            </tr>
          </tbody>
        </Table>
      </Panel>,
    );
    expect(table).toMatch(/role="region" aria-label="All gifts" tabindex="0"/i);
    expect(table).toContain('scope="col"');
  });

  it("a list of one page has no pages to turn", () => {
    expect(html(<Pagination label="Gifts" />)).toBe("");
    expect(html(<Pagination label="Gifts" nextHref="?cursor=x" />)).toContain('rel="next"');
  });
});
