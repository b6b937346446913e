import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { RadioGroup } from "./choice";
import { ErrorSummary } from "./error-summary";
import { fieldId } from "./field";
import { Input } from "./input";

describe("a field", () => {
  it("ties label, error and help to its control, the error first", () => {
    const html = renderToStaticMarkup(
      <Input name="donor.email" label="E-mail" help="Only for the receipt." error="Enter an address" />,
    );
    expect(html).toContain('<label for="field-donor-email"');
    expect(html).toContain('aria-describedby="field-donor-email-error field-donor-email-help"');
    expect(html).toContain('aria-invalid="true"');
    expect(html).toContain('name="donor.email"');
  });

  it("is required unless it says that it is optional", () => {
    expect(renderToStaticMarkup(<Input name="a" label="A" />)).toContain("required");
    const optional = renderToStaticMarkup(<Input name="a" label="A" optional />);
    expect(optional).not.toContain("required");
    expect(optional).toContain("(optional)");
  });

  it("is what the error summary leads to, also when it is a group of radios", () => {
    const summary = renderToStaticMarkup(<ErrorSummary errors={[{ field: "format", message: "Choose one" }]} />);
    const group = renderToStaticMarkup(
      <RadioGroup name="format" label="Format" options={[{ value: "a", label: "A" }]} />,
    );
    expect(summary).toContain(`href="#${fieldId("format")}"`);
    expect(group).toContain(`id="${fieldId("format")}"`);
  });
});

it("an error summary without errors is nothing", () => {
  expect(renderToStaticMarkup(<ErrorSummary errors={[]} />)).toBe("");
});
