import { z } from "zod";
import { looksLikeEmail, passwordIsAddress, passwordWeakness } from "./rules";

/* Broken rules are custom issues (422); wrong types, missing and unknown fields stay zod's own (400). */

/** Trimmed and lower-cased: one address is one account. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .refine(looksLikeEmail, { message: "Enter an e-mail address, like name@example.org." });

export const displayNameSchema = z
  .string()
  .trim()
  .refine((name) => name !== "" && [...name].length <= 80, { message: "Enter a name of 1 to 80 characters." });

export const newPasswordSchema = z.string().check((context) => {
  const weakness = passwordWeakness(context.value);
  if (weakness)
    context.issues.push({ code: "custom", params: { code: "weak_password" }, message: weakness, input: context.value });
});

export const registerSchema = z
  .strictObject({ email: emailSchema, password: newPasswordSchema, displayName: displayNameSchema })
  .refine((input) => !passwordIsAddress(input.password, input.email), {
    path: ["password"],
    params: { code: "weak_password" },
    message: "Your password must not be your address.",
  });

export const loginSchema = z.strictObject({ email: emailSchema, password: z.string().min(1).max(1024) });
export const refreshSchema = z.strictObject({ refreshToken: z.string().min(1).max(1024) });
export const logoutSchema = z.strictObject({ everywhere: z.boolean().default(false) }).default({ everywhere: false });
export const passwordResetRequestSchema = z.strictObject({ email: emailSchema });
export const linkTokenSchema = z.string().min(1).max(200);
export const passwordResetSchema = z.strictObject({ token: linkTokenSchema, password: newPasswordSchema });
export const verifyEmailSchema = z.strictObject({ token: linkTokenSchema });

export const themeSchema = z.enum(["system", "light", "dark"]);
export const contentFormatSchema = z.enum(["mixed", "text", "diagrams", "examples"]);

export const preferencesSchema = z.strictObject({
  theme: themeSchema,
  contentFormat: contentFormatSchema,
  notifyAnalysis: z.boolean(),
  notifyLearning: z.boolean(),
  notifyGiving: z.boolean(),
  mailAnalysis: z.boolean(),
  mailLearning: z.boolean(),
  mailGiving: z.boolean(),
  /** What of one's learning a model of another company may be asked about. */
  aiHints: z.boolean(),
  aiGrading: z.boolean(),
  aiLessons: z.boolean(),
});

const somethingToChange = (value: object) => Object.keys(value).length > 0;
const NOTHING = { message: "Name at least one field to change." };

export const updatePreferencesSchema = preferencesSchema.partial().refine(somethingToChange, NOTHING);

const avatarUrlSchema = z.string().refine((url) => url.length <= 2048 && /^https:\/\/\S+$/.test(url), {
  message: "Enter an address that begins with https://, or null for none.",
});

export const updateProfileSchema = z
  .strictObject({ displayName: displayNameSchema.optional(), avatarUrl: avatarUrlSchema.nullable().optional() })
  .refine(somethingToChange, NOTHING);

export const ONBOARDING_STEPS = ["repository", "analysis", "format"] as const;
export const onboardingSchema = z.strictObject({ step: z.enum([...ONBOARDING_STEPS, "finish", "skip"]) });
export const deleteAccountSchema = z.strictObject({ confirmEmail: emailSchema });
export const roleSchema = z.enum(["member", "campaign_admin", "operator"]);
export const roleParamsSchema = z.strictObject({ id: z.uuid(), role: roleSchema });

export const notificationListSchema = z.strictObject({
  /** Version of the last notice that was seen; older ones follow. */
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  unread: z.enum(["true", "false"]).default("false"),
});

export const markReadSchema = z.union([
  z.strictObject({ ids: z.array(z.uuid()).min(1).max(100) }),
  z.strictObject({ upTo: z.int().positive() }),
]);

/* What we answer. */

export const userSchema = z.object({ id: z.uuid(), email: z.string() });

export const profileSchema = z.object({
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  onboarding: z.object({
    steps: z.array(z.enum(ONBOARDING_STEPS)),
    finishedAt: z.iso.datetime().nullable(),
    skippedAt: z.iso.datetime().nullable(),
  }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const meSchema = z.object({
  user: userSchema,
  profile: profileSchema,
  roles: z.array(roleSchema),
  preferences: z.object(preferencesSchema.shape),
  emailVerified: z.boolean(),
  /** Until the first-run path is finished or skipped. */
  isNewUser: z.boolean(),
});

export const sessionSchema = z.object({
  user: userSchema.extend({ displayName: z.string(), emailVerified: z.boolean(), isNewUser: z.boolean() }),
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresAt: z.iso.datetime(),
});

export const notificationSchema = z.object({
  id: z.uuid(),
  version: z.int(),
  kind: z.string(),
  title: z.string(),
  body: z.string(),
  href: z.string().nullable(),
  readAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

export const notificationPageSchema = z.object({
  items: z.array(notificationSchema),
  nextCursor: z.string().nullable(),
  unread: z.int(),
});

export type Me = z.output<typeof meSchema>;
export type AccountSession = z.output<typeof sessionSchema>;
export type Preferences = z.output<typeof preferencesSchema>;
export type NotificationItem = z.output<typeof notificationSchema>;
export type NotificationPage = z.output<typeof notificationPageSchema>;
export type OnboardingStep = z.output<typeof onboardingSchema>["step"];
