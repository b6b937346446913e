import type { Appearance } from "@stripe/stripe-js";

/** Stripe's frame cannot see our tokens: they are read from the page, as its theme is now, and handed in. */
export function appearance(): Appearance {
  const probe = document.createElement("span");
  // Whoever wants less motion has every change take 1 ms: read at once, a colour would still be the one before.
  probe.style.setProperty("transition", "none", "important");
  document.body.append(probe);
  const colour = (name: string): readonly [number, number, number] => {
    probe.style.color = `var(--color-${name})`;
    // Through a canvas, to something every engine writes the same way.
    const context = document.createElement("canvas").getContext("2d");
    if (!context) return [24, 28, 36];
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };
  const hex = (name: string): string =>
    `#${colour(name)
      .map((part) => part.toString(16).padStart(2, "0"))
      .join("")}`;
  const variables = {
    colorBackground: hex("surface"),
    colorText: hex("ink"),
    colorTextSecondary: hex("muted"),
    colorTextPlaceholder: hex("muted"),
    colorPrimary: hex("giving"),
    colorDanger: hex("danger"),
    borderRadius: "6px",
    fontSizeBase: "16px",
    spacingUnit: "4px",
  };
  const border = hex("control");
  const dark = Math.max(...colour("surface")) < 128;
  probe.remove();
  return {
    // What our variables leave open, such as its icons, Stripe takes from the theme.
    theme: dark ? "night" : "stripe",
    variables,
    rules: { ".Input": { border: `1px solid ${border}`, boxShadow: "none" } },
  };
}

/**
 * Tells when the page's theme changes: by the reader's own choice (`data-theme` on <html>) or with the system's.
 * @returns what ends it
 */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", changed);
  };
}
