import type { Metadata } from "next";
import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";

export const metadata: Metadata = {
  title: "Privacy",
  description: "What DevMentor keeps about you, why, and how to have it deleted.",
};

export default function PrivacyPage(): ReactNode {
  return (
    <Page width="reading">
      <PageHeader title="Privacy" lead="What is kept about you, why, and how to take it away again." />
      <Part title="When you only look">
        <p>
          No account, no tracking, nothing from other companies on these pages. If you choose a theme, this browser
          remembers it in a cookie named <code>theme</code>.
        </p>
      </Part>
      <Part title="When you sign in">
        <ul className="flex list-disc flex-col gap-1 pl-5">
          <li>Your e-mail address, the name you show, and your settings: to know you again.</li>
          <li>
            Session cookies, and one named <code>viewer</code> that only tells the page which links to draw.
          </li>
          <li>Your network address for a short while, to slow down whoever guesses passwords.</li>
        </ul>
      </Part>
      <Part title="When you have a repository analysed">
        <ul className="flex list-disc flex-col gap-1 pl-5">
          <li>
            The repository is cloned for the analysis and the clone is removed afterwards. What stays is the result.
          </li>
          <li>The result of a private repository is shown to you alone, unless you open a link to its figures.</li>
          <li>
            Names and versions of packages go to OSV, Google’s database of advisories, only for an analysis for which
            you press the button that says so. Your code, the repository’s name and who you are never do.
          </li>
          <li>
            Short functions of your repository are kept as exercises for you alone, and only if you allow it. Taking
            that back in your settings deletes them at once.
          </li>
          <li>What you mark as all right, and why, is yours alone; it stands in your exports.</li>
          <li>
            The access that GitHub grants us is kept encrypted and serves your own analyses. You can withdraw it in your{" "}
            <TextLink href="/settings">settings</TextLink>, or at GitHub.
          </li>
        </ul>
      </Part>
      <Part title="When a language model is asked">
        <ul className="flex list-disc flex-col gap-1 pl-5">
          <li>
            None is, until you press the button that says so beside an analysis, or allow a use of it in your{" "}
            <TextLink href="/settings#models">settings</TextLink>; where to and what is sent stands there.
          </li>
          <li>
            Never sent: your name, your address, exercises made of your own code, the solution of a task (but for what
            an answer in words has to show, where you let one be judged). Of each call we keep what it was for and what
            it cost for 90 days, and what came of it for 30, for you alone.
          </li>
          <li>
            An answer in words is judged by a model only if you allow it. The verdict names the model and the words of
            yours that it rests on; a person looks at it where there are none, and whenever you appeal.
          </li>
        </ul>
      </Part>
      <Part title="Taking it away">
        <p>
          In your <TextLink href="/settings">settings</TextLink> you can export what is kept about you and delete your
          account with it.
        </p>
      </Part>
    </Page>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="flex flex-col gap-2">
      <h2 className="text-lg">{title}</h2>
      {children}
    </section>
  );
}
