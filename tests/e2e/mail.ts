import { expect } from "@playwright/test";

interface Mail {
  readonly id: string;
  readonly to: string | readonly string[];
  readonly subject: string;
}

async function read(stack: Readonly<Record<string, string>>, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, stack["RESEND_BASE_URL"]), {
    headers: { authorization: `Bearer ${stack["RESEND_API_KEY"]}` },
  });
  if (!response.ok) throw new Error(`The inbox answered ${response.status} to ${path}`);
  return response.json();
}

/** Waits for a mail with this subject in the inbox of the Resend emulator. @returns what stands in it */
export async function mailTo(
  stack: Readonly<Record<string, string>>,
  to: string,
  subject: RegExp,
): Promise<{ readonly text: string; readonly html: string }> {
  let found: Mail | undefined;
  await expect
    .poll(
      async () => {
        const { data } = (await read(stack, "/emails")) as { data: readonly Mail[] };
        found = data.find((mail) => [mail.to].flat().includes(to) && subject.test(mail.subject));
        return found?.subject;
      },
      { message: `a mail to ${to} with the subject ${subject}`, timeout: 60_000 },
    )
    .toMatch(subject);
  return (await read(stack, `/emails/${found?.id ?? ""}`)) as { text: string; html: string };
}

/** The mails that have come to an address by now. */
export async function mailsTo(
  stack: Readonly<Record<string, string>>,
  to: string,
): Promise<readonly { readonly subject: string }[]> {
  const { data } = (await read(stack, "/emails")) as { data: readonly Mail[] };
  return data.filter((mail) => [mail.to].flat().includes(to));
}

/**
 * Waits for a mail in the inbox of the Resend emulator and opens it.
 * @returns the address that its link leads to
 */
export async function mailedLink(
  stack: Readonly<Record<string, string>>,
  to: string,
  page: "/auth/verify" | "/auth/reset",
): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        const { data } = (await read(stack, "/emails")) as { data: readonly Mail[] };
        for (const mail of data.filter((each) => [each.to].flat().includes(to))) {
          const { text } = (await read(stack, `/emails/${mail.id}`)) as { text: string };
          link ??= text.match(new RegExp(`https?://\\S+${page}\\?token=[\\w-]+`))?.[0];
        }
        return link;
      },
      { message: `a mail to ${to} with a link to ${page}` },
    )
    .toBeDefined();
  return link ?? "";
}
