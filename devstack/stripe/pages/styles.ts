/** The card form: looks like Stripe's themes, and takes an appearance's variables. */
export const CARD_FORM_STYLE = `
:root { --background: #fff; --text: #30313d; --secondary: #5d6470; --placeholder: #6b7280; --primary: #0570de; --danger: #c4173c; --border: #8a8f99; --radius: 5px; --unit: 4px; --size: 16px; --font: ui-sans-serif, system-ui, sans-serif; }
:root[data-theme="night"] { --background: #30313d; --text: #f3f3f6; --secondary: #b7bac4; --placeholder: #a3a7b3; --primary: #85b6ff; --danger: #ff9fae; --border: #7d828f; }
:root[data-theme="flat"] { --background: #f1f1f1; --border: #767b85; }
* { box-sizing: border-box; }
html { background: transparent; }
/* Light words are judged against what lies behind them: a frame cannot see the page, so it brings its own ground. */
:root[data-theme="night"] { background: var(--background); }
body { margin: 0; padding: 3px; font: var(--size)/1.4 var(--font); color: var(--text); }
form { display: grid; gap: calc(var(--unit) * 3); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: calc(var(--unit) * 3); align-items: start; }
.field { position: relative; min-width: 0; }
.Label { display: block; font-size: 0.88em; margin-bottom: var(--unit); color: var(--text); }
.Input { width: 100%; font: inherit; font-variant-numeric: tabular-nums; color: var(--text); background: var(--background); border: 1px solid var(--border); border-radius: var(--radius); padding: calc(var(--unit) * 2.5) calc(var(--unit) * 3); min-height: 44px; }
.Input::placeholder { color: var(--placeholder); opacity: 1; }
.Input:focus { outline: 2px solid var(--primary); outline-offset: 0; border-color: var(--primary); }
.Input[aria-invalid="true"] { border-color: var(--danger); }
.brand { position: absolute; right: calc(var(--unit) * 3); top: calc(0.88em * 1.4 + var(--unit) + 12px); font-size: 0.8em; color: var(--secondary); pointer-events: none; }
.Error { margin: var(--unit) 0 0; font-size: 0.88em; color: var(--danger); }
.Error:empty { display: none; }
.note { margin: calc(var(--unit) * 3) 0 0; font-size: 0.8em; color: var(--secondary); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 239px) { .pair { grid-template-columns: 1fr; } }
`;

/** The page that stands in for a donor's bank. */
export const CHALLENGE_STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: oklch(0.22 0.02 260); --muted: oklch(0.5 0.02 260); --line: oklch(0.86 0.006 85); --accent: oklch(0.52 0.19 272); --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --paper: oklch(0.21 0.014 260); --ink: oklch(0.95 0.005 85); --muted: oklch(0.72 0.015 260); --line: oklch(0.42 0.014 260); --accent: oklch(0.78 0.12 272); --on-accent: oklch(0.2 0.02 260); } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, sans-serif; }
main { max-width: 420px; margin: 0 auto; padding: 32px 24px; }
.bank { margin: 0 0 24px; padding-bottom: 12px; border-bottom: 1px solid var(--line); font-size: 13px; color: var(--muted); }
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 12px; }
form { display: grid; gap: 12px; margin-top: 24px; }
button { font: inherit; font-weight: 600; min-height: 48px; border-radius: 8px; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); cursor: pointer; }
button.quiet { background: transparent; color: var(--ink); border-color: var(--muted); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
