import { z } from "zod";
import { defineOperation } from "@/app/_http/operation";
import {
  deleteAccountSchema,
  loginSchema,
  logoutSchema,
  markReadSchema,
  meSchema,
  notificationListSchema,
  notificationPageSchema,
  onboardingSchema,
  passwordResetRequestSchema,
  passwordResetSchema,
  refreshSchema,
  registerSchema,
  roleParamsSchema,
  sessionSchema,
  updatePreferencesSchema,
  updateProfileSchema,
  userSchema,
  verifyEmailSchema,
} from "@/lib/account/schemas";

const tag = "Accounts";
const DONE = { description: "Done.", schema: null };
const ME = { description: "The account.", schema: meSchema };
const SESSION = "A session. The access token goes into `Authorization: Bearer`, the refresh token into `refresh`.";

export const registerOperation = defineOperation({
  id: "register",
  method: "POST",
  path: "/api/v1/users/register",
  summary: "Open an account with an e-mail address and a password, and sign in to it.",
  tag,
  access: "public",
  body: registerSchema,
  responses: { 201: { description: SESSION, schema: sessionSchema } },
  errors: ["invalid_request", "email_taken", "rule_broken", "weak_password", "rate_limited", "service_unavailable"],
});

export const loginOperation = defineOperation({
  id: "login",
  method: "POST",
  path: "/api/v1/users/login",
  summary: "Sign in with an e-mail address and a password.",
  tag,
  access: "public",
  body: loginSchema,
  responses: { 200: { description: SESSION, schema: sessionSchema } },
  errors: ["invalid_request", "invalid_credentials", "rule_broken", "rate_limited", "service_unavailable"],
});

export const refreshOperation = defineOperation({
  id: "refresh",
  method: "POST",
  path: "/api/v1/users/refresh",
  summary: "Exchange a refresh token for a new session. A token used more than ten seconds ago ends its family.",
  tag,
  access: "public",
  body: refreshSchema,
  responses: { 200: { description: SESSION, schema: sessionSchema } },
  errors: ["invalid_request", "session_ended", "rate_limited", "service_unavailable"],
});

export const logoutOperation = defineOperation({
  id: "logout",
  method: "POST",
  path: "/api/v1/users/logout",
  summary: "End this session, or every session of the account.",
  tag,
  access: "user",
  body: logoutSchema,
  responses: { 204: DONE },
  errors: ["invalid_request", "unauthenticated", "session_ended", "service_unavailable"],
});

export const requestPasswordResetOperation = defineOperation({
  id: "requestPasswordReset",
  method: "POST",
  path: "/api/v1/users/password-reset",
  summary: "Mail a link that sets a new password. The answer is the same whether or not there is an account.",
  tag,
  access: "public",
  body: passwordResetRequestSchema,
  responses: { 202: { description: "If there is an account with this address, a mail is on its way.", schema: null } },
  errors: ["invalid_request", "rule_broken", "rate_limited", "database_unavailable"],
});

export const resetPasswordOperation = defineOperation({
  id: "resetPassword",
  method: "POST",
  path: "/api/v1/users/password-reset/confirm",
  summary: "Set a new password with a mailed link. Ends every session and confirms the address.",
  tag,
  access: "public",
  body: passwordResetSchema,
  responses: { 204: DONE },
  errors: ["invalid_request", "rule_broken", "weak_password", "rate_limited", "database_unavailable"],
});

export const verifyEmailOperation = defineOperation({
  id: "verifyEmail",
  method: "POST",
  path: "/api/v1/users/verify-email",
  summary: "Confirm an address with a mailed link.",
  tag,
  access: "public",
  body: verifyEmailSchema,
  responses: { 200: { description: "Whose address was confirmed.", schema: userSchema } },
  errors: ["invalid_request", "rule_broken", "rate_limited", "database_unavailable"],
});

export const requestVerificationOperation = defineOperation({
  id: "requestEmailVerification",
  method: "POST",
  path: "/api/v1/me/email-verification",
  summary: "Mail the link that confirms the account's address again.",
  tag,
  access: "user",
  responses: { 202: { description: "A mail is on its way, unless the address is confirmed already.", schema: null } },
  errors: ["unauthenticated", "session_ended", "rate_limited", "provider_unavailable", "database_unavailable"],
});

export const getMeOperation = defineOperation({
  id: "getMe",
  method: "GET",
  path: "/api/v1/me",
  summary:
    "The caller's account: profile, roles, preferences. `isNewUser` until the first-run path is finished or skipped.",
  tag,
  access: "user",
  responses: { 200: ME },
  errors: ["unauthenticated", "session_ended", "database_unavailable"],
});

export const updateMeOperation = defineOperation({
  id: "updateMe",
  method: "PATCH",
  path: "/api/v1/me",
  summary: "Change name or picture. Fields left out stay.",
  tag,
  access: "user",
  body: updateProfileSchema,
  responses: { 200: ME },
  errors: ["invalid_request", "unauthenticated", "session_ended", "rule_broken", "database_unavailable"],
});

export const deleteMeOperation = defineOperation({
  id: "deleteMe",
  method: "DELETE",
  path: "/api/v1/me",
  summary: "Delete the account and everything that hangs on it. Needs its address as confirmation; cannot be undone.",
  tag,
  access: "live",
  body: deleteAccountSchema,
  responses: { 204: DONE },
  errors: ["invalid_request", "unauthenticated", "session_ended", "conflict", "rule_broken", "database_unavailable"],
});

export const updatePreferencesOperation = defineOperation({
  id: "updatePreferences",
  method: "PATCH",
  path: "/api/v1/me/preferences",
  summary: "Change theme, format of explanations and which notices are wanted. Fields left out stay.",
  tag,
  access: "user",
  body: updatePreferencesSchema,
  responses: { 200: ME },
  errors: ["invalid_request", "unauthenticated", "session_ended", "rule_broken", "database_unavailable"],
});

export const onboardingOperation = defineOperation({
  id: "advanceOnboarding",
  method: "POST",
  path: "/api/v1/me/onboarding",
  summary: "Note a step of the first-run path, finish it or skip it.",
  tag,
  access: "user",
  body: onboardingSchema,
  responses: { 200: ME },
  errors: ["invalid_request", "unauthenticated", "session_ended", "database_unavailable"],
});

export const exportMeOperation = defineOperation({
  id: "exportMe",
  method: "GET",
  path: "/api/v1/me/export",
  summary: "All that is kept about the caller, as one JSON document.",
  tag,
  access: "live",
  responses: { 200: { description: "The export.", schema: z.looseObject({ exportedAt: z.string() }) } },
  errors: ["unauthenticated", "session_ended", "rate_limited", "database_unavailable"],
});

export const listNotificationsOperation = defineOperation({
  id: "listNotifications",
  method: "GET",
  path: "/api/v1/notifications",
  summary: "The caller's notices, newest first.",
  tag,
  access: "user",
  query: notificationListSchema,
  responses: { 200: { description: "A page, and how many are unread in all.", schema: notificationPageSchema } },
  errors: ["invalid_request", "unauthenticated", "session_ended", "rule_broken", "database_unavailable"],
});

export const markNotificationsReadOperation = defineOperation({
  id: "markNotificationsRead",
  method: "POST",
  path: "/api/v1/notifications/read",
  summary: "Mark notices as read: these ids, or all up to a version.",
  tag,
  access: "user",
  body: markReadSchema,
  responses: { 200: { description: "How many were unread.", schema: z.object({ marked: z.int() }) } },
  errors: ["invalid_request", "unauthenticated", "session_ended", "rule_broken", "database_unavailable"],
});

export const grantRoleOperation = defineOperation({
  id: "grantRole",
  method: "PUT",
  path: "/api/v1/admin/users/{id}/roles/{role}",
  summary: "Give somebody a role. Nobody raises their own.",
  tag,
  access: "operator",
  params: roleParamsSchema,
  responses: { 204: DONE },
  errors: ["unauthenticated", "session_ended", "forbidden", "not_found", "database_unavailable"],
});

export const removeRoleOperation = defineOperation({
  id: "removeRole",
  method: "DELETE",
  path: "/api/v1/admin/users/{id}/roles/{role}",
  summary: "Take a role from somebody, at once. The last operator stays.",
  tag,
  access: "operator",
  params: roleParamsSchema,
  responses: { 204: DONE },
  errors: [
    "unauthenticated",
    "session_ended",
    "forbidden",
    "not_found",
    "conflict",
    "rule_broken",
    "database_unavailable",
  ],
});
