// breaks: typescript(ban-ts-comment)
// @ts-expect-error silenced
export const wrong: number = "text";
