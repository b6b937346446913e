import type { ReactNode } from "react";
import { ExternalLink } from "@/components/ui/link";
import { parseStory, type Block, type Inline } from "@/lib/giving/campaign/story/rules";

/** Each with a key: the same words may stand in a story twice, and a story never changes its order on the page. */
function keyed<T>(nodes: readonly T[]): readonly { readonly node: T; readonly key: string }[] {
  return nodes.map((node, at) => ({ node, key: String(at) }));
}

/** A campaign's story. React writes its words as text: no tag in it is ever a tag. */
export function Story({ story }: { readonly story: string }): ReactNode {
  return (
    <div className="flex max-w-measure flex-col gap-4 text-base">
      {keyed(parseStory(story)).map(({ node, key }) => (
        <StoryBlock key={key} block={node} />
      ))}
    </div>
  );
}

function StoryBlock({ block }: { readonly block: Block }): ReactNode {
  if (block.kind === "heading") {
    const Heading = block.level === 2 ? "h2" : "h3";
    return (
      <Heading className={block.level === 2 ? "mt-3 text-lg" : "mt-1 text-base"}>
        <Words nodes={block.children} />
      </Heading>
    );
  }
  if (block.kind === "list") {
    const List = block.ordered ? "ol" : "ul";
    return (
      <List
        className={`flex flex-col gap-1.5 pl-5 ${block.ordered ? "list-decimal" : "list-disc"} marker:text-accent-ink`}
      >
        {keyed(block.items).map(({ node, key }) => (
          <li key={key}>
            <Words nodes={node} />
          </li>
        ))}
      </List>
    );
  }
  if (block.kind === "quote") {
    return (
      <blockquote className="border-l-4 border-accent pl-4 text-muted">
        <Words nodes={block.children} />
      </blockquote>
    );
  }
  return (
    <p>
      <Words nodes={block.children} />
    </p>
  );
}

function Words({ nodes }: { readonly nodes: readonly Inline[] }): ReactNode {
  return keyed(nodes).map(({ node, key }) => {
    if (node.kind === "text") return node.text;
    if (node.kind === "link")
      return (
        <ExternalLink key={key} href={node.href} rel="noopener nofollow ugc">
          <Words nodes={node.children} />
        </ExternalLink>
      );
    return node.kind === "strong" ? (
      <strong key={key}>
        <Words nodes={node.children} />
      </strong>
    ) : (
      <em key={key}>
        <Words nodes={node.children} />
      </em>
    );
  });
}
