"use server";

import { redirect } from "next/navigation";
import { after } from "next/server";
import { z } from "zod";
import { formAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { tellNextCache } from "@/app/_http/next-cache";
import { requireUser } from "@/lib/access/session";
import { changeCampaign, createCampaign } from "@/lib/giving/campaign/change-campaign";
import {
  campaignStatusSchema,
  currencySchema,
  slugSchema,
  storySchema,
  summarySchema,
  titleSchema,
} from "@/lib/giving/campaign/schemas";
import { AppError } from "@/lib/kernel/errors";
import { parseAmount } from "@/lib/kernel/money";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { currentTraceparent } from "@/lib/platform/telemetry/tracing";

const optionalDay = z
  .string()
  .optional()
  .transform((day, context) => {
    if (!day) return null;
    // The last day still counts: the end is its last second, in UTC.
    if (/^\d{4}-\d{2}-\d{2}$/u.test(day) && !Number.isNaN(Date.parse(day))) return `${day}T23:59:59Z`;
    context.addIssue({ code: "custom", message: "This is not a day." });
    return z.NEVER;
  });

const words = {
  title: titleSchema,
  summary: summarySchema,
  story: storySchema,
  goal: z.string().trim().min(1, "Set a goal."),
  endsAt: optionalDay,
  coverImage: z
    .string()
    .optional()
    .transform((cover) => cover || null),
};

/** Names the field that the form has instead of the API's. */
function asField(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  throw new AppError(error.code, error.message, {
    cause: error,
    issues: error.issues.map(({ path, message }) => ({ path: path === "goalMinor" ? "goal" : path, message })),
  });
}

function goalOf(typed: string, currency: string): number {
  const goal = parseAmount(typed, currency);
  if (goal === null || goal === 0) {
    const message = "Enter an amount, such as 12000 or 12,000.00.";
    throw new AppError("rule_broken", message, { issues: [{ path: "goal", message }] });
  }
  return goal;
}

const createForm = formAction(
  z.object({
    ...words,
    currency: currencySchema,
    slug: z.union([z.literal("").transform(() => undefined), slugSchema]).optional(),
  }),
  async ({ goal, slug, endsAt, coverImage, ...rest }) => {
    const { user } = await requireUser("campaign_admin");
    tellNextCache();
    const made = await createCampaign(
      {
        ...rest,
        goalMinor: goalOf(goal, rest.currency),
        ...(slug ? { slug } : {}),
        ...(endsAt ? { endsAt } : {}),
        ...(coverImage ? { coverImage } : {}),
      },
      { actorId: user.id, traceparent: currentTraceparent() ?? null },
    ).catch(asField);
    after(drainAfterRequest);
    redirect(`/admin/campaigns/${made.campaign.id}?made=1`);
  },
);

/** Makes a draft and goes to it. */
export async function createCampaignAction(previous: FormState, form: FormData): Promise<FormState> {
  return createForm(previous, form);
}

const version = z.coerce.number().int().min(1);

const changeForm = formAction(
  z.object({ ...words, id: z.uuid(), version, currency: z.string() }),
  async ({ id, version: read, goal, currency, ...rest }) => {
    const { user } = await requireUser("live");
    tellNextCache();
    await changeCampaign(
      id,
      read,
      { ...rest, goalMinor: goalOf(goal, currency) },
      {
        actorId: user.id,
        traceparent: currentTraceparent() ?? null,
      },
    ).catch(asField);
    after(drainAfterRequest);
    redirect(`/admin/campaigns/${id}?saved=1`);
  },
);

/** Changes a campaign as it was read. */
export async function changeCampaignAction(previous: FormState, form: FormData): Promise<FormState> {
  return changeForm(previous, form);
}

const statusForm = formAction(
  z.object({ id: z.uuid(), version, status: campaignStatusSchema }),
  async ({ id, version: read, status }) => {
    const { user } = await requireUser("live");
    tellNextCache();
    await changeCampaign(id, read, { status }, { actorId: user.id, traceparent: currentTraceparent() ?? null });
    after(drainAfterRequest);
    redirect(`/admin/campaigns/${id}?saved=1`);
  },
);

/** Takes a campaign one step further. */
export async function changeStatusAction(previous: FormState, form: FormData): Promise<FormState> {
  return statusForm(previous, form);
}
