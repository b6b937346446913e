import type { CSSProperties, ReactNode } from "react";
import {
  Body,
  Button,
  Column,
  Container,
  Head,
  Heading,
  Hr,
  Html,
  Link,
  Preview,
  Row,
  Section,
  Text,
} from "react-email";
import type { MailMessage } from "./message";

/* Mail readers know no custom properties: these are the light tokens of app/globals.css in sRGB. */
const INK = "#181c24";
const MUTED = "#5c626d";
const LINE = "#e3e1de";
const PAPER = "#faf9f7";
const ACCENT = "#4a4fd0";

const font = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const text: CSSProperties = { color: INK, fontSize: 16, lineHeight: "26px", margin: "0 0 16px" };

/** The one look of our mails: a sheet of paper, one thing to do. */
export function MailLayout({ message }: { readonly message: MailMessage }): ReactNode {
  return (
    <Html lang="en">
      <Head />
      <Preview>{message.paragraphs[0] ?? message.subject}</Preview>
      <Body style={{ backgroundColor: PAPER, fontFamily: font, margin: 0, padding: "32px 16px" }}>
        <Container
          style={{
            backgroundColor: "#ffffff",
            border: `1px solid ${LINE}`,
            borderRadius: 10,
            maxWidth: 560,
            padding: "32px",
          }}
        >
          <Text style={{ ...text, color: MUTED, fontSize: 14, margin: "0 0 24px" }}>DevMentor</Text>
          <Heading as="h1" style={{ color: INK, fontSize: 22, lineHeight: "30px", margin: "0 0 16px" }}>
            {message.subject}
          </Heading>
          <Text style={text}>{message.greeting}</Text>
          {message.paragraphs.map((paragraph) => (
            <Text key={paragraph} style={text}>
              {paragraph}
            </Text>
          ))}
          {message.facts ? (
            <Section style={{ borderTop: `1px solid ${LINE}`, margin: "8px 0 24px" }}>
              {message.facts.map(({ label, value }) => (
                <Row key={label} style={{ borderBottom: `1px solid ${LINE}` }}>
                  <Column
                    style={{
                      color: MUTED,
                      fontSize: 14,
                      padding: "10px 12px 10px 0",
                      verticalAlign: "top",
                      width: "40%",
                    }}
                  >
                    {label}
                  </Column>
                  <Column style={{ color: INK, fontSize: 15, padding: "10px 0", wordBreak: "break-word" }}>
                    {value}
                  </Column>
                </Row>
              ))}
            </Section>
          ) : null}
          {message.action ? (
            <>
              <Button
                href={message.action.url}
                style={{
                  backgroundColor: ACCENT,
                  borderRadius: 6,
                  color: "#ffffff",
                  fontSize: 16,
                  fontWeight: 600,
                  padding: "12px 20px",
                }}
              >
                {message.action.label}
              </Button>
              <Text
                style={{
                  ...text,
                  color: MUTED,
                  fontSize: 13,
                  lineHeight: "20px",
                  margin: "16px 0 0",
                  wordBreak: "break-all",
                }}
              >
                If the button does nothing, open this address:{" "}
                <Link href={message.action.url}>{message.action.url}</Link>
              </Text>
            </>
          ) : null}
          <Hr style={{ borderColor: LINE, margin: "24px 0" }} />
          <Text style={{ ...text, color: MUTED, fontSize: 13, lineHeight: "20px", margin: 0 }}>{message.note}</Text>
          {message.unsubscribe ? (
            <Text style={{ ...text, color: MUTED, fontSize: 13, lineHeight: "20px", margin: "8px 0 0" }}>
              <Link href={message.unsubscribe.pageUrl} style={{ color: MUTED, textDecoration: "underline" }}>
                No more mails like this
              </Link>
            </Text>
          ) : null}
        </Container>
      </Body>
    </Html>
  );
}
