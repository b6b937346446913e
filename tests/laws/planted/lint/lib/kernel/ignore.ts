// breaks: typescript(ban-ts-comment)
// @ts-ignore silenced
export const wrong: number = "text";
